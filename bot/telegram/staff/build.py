"""Wires what staff use on Telegram."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from telegram import Update

from bot.desk.desk import Desk
from bot.desk.wording import DeskWording
from bot.telegram.client import Client
from bot.telegram.delivery import Delivery
from bot.telegram.files import Fetch, Outside
from bot.telegram.ledger import Ledger
from bot.telegram.pace import Pace
from bot.telegram.post import Post
from bot.telegram.staff.answers import Answers
from bot.telegram.staff.chats import Chats
from bot.telegram.staff.commands import Commands
from bot.telegram.staff.linking import Linking
from bot.telegram.staff.mirror import Mirror
from bot.telegram.staff.offers import Offers
from bot.telegram.staff.picking import Picking, Search
from bot.telegram.staff.posting import Posting
from bot.telegram.staff.presses import StaffPresses
from bot.telegram.staff.room import StaffRoom
from bot.telegram.staff.show import Show
from bot.telegram.texts import Texts

TEXTS = Path(__file__).with_name("texts.yml")


@dataclass(frozen=True)
class DeskParts:
    """What the channel needs to serve the desk: the desk, a search of the plans for staff, names of labels.

    `fetch` gives files that lie elsewhere, by their reference.
    """

    desk: Desk
    search: Search | None = None
    districts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    topics: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    fetch: Fetch | None = None


class StaffSide:
    """Staff on Telegram: the room for their updates, the mirror, the offers."""

    def __init__(
        self, parts: DeskParts, client: Client, delivery: Delivery, texts: Texts, *, pace: Pace, group: int | None
    ) -> None:
        desk = parts.desk
        ledger, post = Ledger(desk.store), Post(client, Outside(parts.fetch))
        show = Show(Texts.read(TEXTS), texts, DeskWording(), parts.districts, parts.topics)
        posting = Posting(desk, ledger, post, show)
        chats, answers = Chats(desk, ledger), Answers(delivery, show)
        picking = Picking(desk, show, parts.search)
        commands = Commands(desk, chats, answers, picking)
        presses = StaffPresses(desk, ledger, chats=chats, answers=answers, commands=commands, picking=picking)
        self._room = StaffRoom(
            client,
            chats=chats,
            commands=commands,
            presses=presses,
            answers=answers,
            linking=Linking(desk.store.database, desk.store.clock),
            group=group,
        )
        self._mirror = Mirror(desk, ledger, posting, pace, group)
        self._offers = Offers(ledger, post, posting, group)

    async def takes(self, update: Update) -> bool:
        """Handles an update if it is one of staff."""
        return await self._room.takes(update)

    async def tell(
        self, staff_ids: Sequence[int], text: str, kind: str, handoff_id: int | None, appeal_id: int | None
    ) -> None:
        """Tells staff. Raises ChannelError where Telegram reached nobody."""
        await self._offers.tell(staff_ids, text, kind, handoff_id, appeal_id)

    async def start(self) -> None:
        """Begins to show what happens, once Telegram was reached."""
        self._mirror.start()
        await self._room.publish_menus()

    async def stop(self) -> None:
        """Ends it."""
        await self._mirror.stop()
