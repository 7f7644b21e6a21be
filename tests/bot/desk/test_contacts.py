"""What staff add to the register of contacts, and what the bot then knows."""

from datetime import date

import pytest

from actions.knowledge.base import Knowledge
from bot.desk.contacts import StaffContacts
from store.database import Database
from store.repositories import AuditFilter, AuditRepository
from tests.bot.desk.support import a_person, refused
from tests.store.factories import FakeClock, some_seeds

DAY = date(2026, 11, 17)
UNIT, HOTLINE = "putuo_tax", "hotline_12366"


@pytest.fixture
async def wang(database: Database) -> int:
    """Somebody who adds."""
    return await a_person(database, "wang")


@pytest.fixture
def knowledge() -> Knowledge:
    """A unit with an address but no telephone, and a hotline."""
    return Knowledge(some_seeds())


@pytest.fixture
def contacts(database: Database, knowledge: Knowledge, clock: FakeClock) -> StaffContacts:
    """The register."""
    return StaffContacts(database, knowledge, clock)


async def test_a_number_with_its_source_is_known_at_once_and_the_source_is_told(
    contacts: StaffContacts, knowledge: Knowledge, wang: int
) -> None:
    await contacts.add(wang, UNIT, phone="021 5256 4588", source="普陀区人民政府网站", source_date=DAY)
    unit = knowledge.contacts[UNIT]
    assert unit.phone == "021-52564588"
    assert unit.address == "大渡河路1718号"
    assert unit.source == "putuo-2022；普陀区人民政府网站，2026-11-17"


async def test_what_the_plans_and_authorities_give_is_not_overwritten(
    contacts: StaffContacts, knowledge: Knowledge, wang: int
) -> None:
    await contacts.add(wang, HOTLINE, phone="021-52564588", source="某个网页", source_date=DAY)
    assert knowledge.contacts[HOTLINE].phone == "12366"


async def test_an_addition_is_corrected_and_taken_back_and_its_history_stays(
    contacts: StaffContacts, knowledge: Knowledge, wang: int
) -> None:
    await contacts.add(wang, UNIT, phone="021-52564588", source="普陀区人民政府网站", source_date=DAY)
    await contacts.add(wang, UNIT, phone="021-52564599", source="电话核实过", source_date=DAY)
    assert knowledge.contacts[UNIT].phone == "021-52564599"
    await contacts.add(wang, UNIT, source="号码已停用", source_date=DAY)
    assert knowledge.contacts[UNIT].phone is None
    assert [row.phone for row in await contacts.history(UNIT)] == [None, "021-52564599", "021-52564588"]
    assert await contacts.current() == {}


async def test_another_process_knows_it_once_it_has_started(
    contacts: StaffContacts, database: Database, clock: FakeClock, wang: int
) -> None:
    await contacts.add(wang, UNIT, phone="12345", source="普陀区人民政府网站", source_date=DAY)
    knowledge = Knowledge(some_seeds())
    await StaffContacts(database, knowledge, clock).load()
    assert knowledge.contacts[UNIT].phone == "12345"


async def test_every_addition_is_in_the_audit(contacts: StaffContacts, database: Database, wang: int) -> None:
    await contacts.add(wang, UNIT, phone="12345", source="普陀区人民政府网站", source_date=DAY)
    await contacts.add(wang, UNIT, source="号码已停用", source_date=DAY)
    async with database.session() as session:
        rows = await AuditRepository(session).page(AuditFilter(staff_id=wang))
    assert {(row.action, row.subject) for row in rows} == {("contact.add", UNIT), ("contact.remove", UNIT)}


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"source": " "}, "contact_source"),
        ({"phone": "123"}, "contact_phone"),
        ({"phone": "021-52564588、021-52564599"}, "contact_phone"),
        ({"source_date": date(2026, 11, 19)}, "contact_date"),
    ],
)
async def test_what_has_no_source_or_makes_no_sense_is_refused(
    contacts: StaffContacts, wang: int, wrong: dict[str, object], code: str
) -> None:
    given: dict[str, object] = {"phone": "12345", "source": "普陀区人民政府网站", "source_date": DAY}
    with refused(code):
        await contacts.add(wang, UNIT, **(given | wrong))  # type: ignore[arg-type]


async def test_nobody_adds_to_a_contact_that_does_not_exist(contacts: StaffContacts, wang: int) -> None:
    with refused("unknown_contact"):
        await contacts.add(wang, "nobody", phone="12345", source="普陀区人民政府网站", source_date=DAY)
