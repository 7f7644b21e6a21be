"""Wires everything together once; every part can be replaced."""

from dataclasses import dataclass

from actions.compose import Composer
from actions.cues import Cues
from actions.knowledge.base import Knowledge
from actions.knowledge.ranking import Ranker
from actions.knowledge.search import PointSearch
from actions.services import Services
from actions.wording import Wording
from bot.desk.contacts import StaffContacts
from bot.desk.desk import Desk
from bot.desk.files import Files
from bot.desk.front import Front
from bot.desk.requests import RequestDesk
from bot.desk.rules import DeskRules
from bot.desk.units import proposer
from bot.dialogue.dialogue import Dialogue
from bot.dialogue.memory import Memory
from bot.dialogue.rasa import RasaClient
from bot.dialogue.switched import Switched
from qifu.labels import District
from qifu.settings import ROOT, Settings
from seeds.model import Seeds
from seeds.yaml import load_yaml
from store.database import Database
from store.models.base import utc_now
from store.repositories import KnowledgeRepository
from store.repositories.base import Clock


@dataclass(frozen=True)
class House:
    """The built parts of qifu that share one process.

    `rasa` reaches the Rasa that answers now, `services` hold the knowledge it answers from.
    """

    settings: Settings
    database: Database
    rasa: RasaClient
    services: Services
    dialogue: Dialogue
    desk: Desk

    async def close(self) -> None:
        """Closes connections; nothing of the house works afterwards."""
        await self.rasa.close()
        await self.database.dispose()


async def load_seeds(database: Database) -> Seeds:
    """The knowledge as the database holds it."""
    async with database.session() as session:
        return await KnowledgeRepository(session).load()


async def build(settings: Settings, database: Database, rasa_url: str, clock: Clock = utc_now) -> House:
    """The house over a migrated and seeded database, with Rasa at `rasa_url`."""
    wording = Wording()
    seeds = await load_seeds(database)
    knowledge = Knowledge(seeds)

    def propose(matter: str | None, district: District | None) -> list[str]:
        """Looks at the knowledge each time: it changes with the version of the model that is live."""
        return proposer(knowledge.seeds)(matter, district)

    desk = Desk(database, DeskRules.of(settings), propose, clock)
    rasa = RasaClient(rasa_url, settings.rasa_timeout)
    memory = Memory(database, clock)
    await StaffContacts(database, knowledge).load()
    services = Services(
        knowledge=knowledge,
        ranker=Ranker(knowledge, PointSearch(knowledge)),
        composer=Composer(knowledge, wording, load_yaml(ROOT / "seeds" / "districts.yml")),
        wording=wording,
        cues=Cues(),
        keeper=memory,
        parser=rasa,
        desk=RequestDesk(database, desk),
        topics=load_yaml(ROOT / "seeds" / "topics.yml"),
        clock=clock,
    )
    front, switched = Front(desk, services.cues, Files(settings.home / "files")), Switched(wording, services.cues)
    dialogue = Dialogue(rasa, memory, wording, settings.max_text, front=front, switched=switched)
    return House(settings, database, rasa, services, dialogue, desk)
