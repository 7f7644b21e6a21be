"""Offers a waiting handoff: first to the one who suits best, then to all on duty; tells whom it concerns."""

from datetime import timedelta
from typing import Any

from bot.desk.matching import Wanted, best
from bot.desk.roster import on_duty
from bot.desk.rules import DeskRules
from bot.desk.work import Work
from qifu.labels import HandoffEvent, HandoffState
from store.models import HandoffRow


async def offer_first(work: Work, row: HandoffRow, rules: DeskRules) -> HandoffRow:
    """Offers to the person wished for, or to the best of those on duty who can take one more; to all where none can.

    An offer is a question, not a lock: whoever is quicker may claim.
    """
    chosen = row.wished_staff
    if chosen is None:
        people = await on_duty(work, rules.calendar)
        wanted = Wanted(row.language, row.district, row.topic)
        person = best(people, await work.handoffs.loads(), wanted)
        chosen = person.id if person else None
    if chosen is None:
        return await offer_all(work, row, rules) or row
    until = work.now + timedelta(seconds=rules.offer)
    changed = await work.handoffs.change(row.id, offered_to=chosen, offered_until=until)
    event = await work.handoffs.log(row.id, HandoffEvent.OFFERED, to=[chosen])
    await tell_staff(work, row, [chosen], "offered", event)
    return changed or row


async def offer_all(work: Work, row: HandoffRow, rules: DeskRules) -> HandoffRow | None:
    """Offers to all on duty; None where that was done before or nobody needs it any more."""
    needed = (HandoffRow.state == HandoffState.WAITING, HandoffRow.offered_all_at.is_(None))
    changed = await work.handoffs.change(row.id, *needed, offered_all_at=work.now, offered_to=None)
    if changed is None:
        return None
    people = [person.id for person in await on_duty(work, rules.calendar)]
    event = await work.handoffs.log(row.id, HandoffEvent.OFFERED, to=people)
    await tell_staff(work, row, people, "offered_all", event)
    work.signal("offered", handoff_id=row.id, conversation_id=row.conversation_id)
    return changed


async def tell_staff(work: Work, row: HandoffRow, staff_ids: list[int], kind: str, event: int) -> None:
    """A notice for staff about what just happened to a handoff: the event of that id."""
    about: dict[str, Any] = {name: getattr(row, name) for name in ("number", "district", "topic", "language")}
    if await work.notices.tell_staff(staff_ids, kind, f"handoff:{event}:{kind}:staff", handoff_id=row.id, **about):
        work.signal("notice", handoff_id=row.id)


async def tell_user(work: Work, row: HandoffRow, kind: str, event: int | str, **detail: Any) -> None:
    """A notice for the user about what just happened to their handoff: the event of that id, or another occasion."""
    key = f"handoff:{event}:{kind}:user"
    if await work.notices.tell_user(row.conversation_id, kind, key, handoff_id=row.id, number=row.number, **detail):
        work.signal("notice", handoff_id=row.id, conversation_id=row.conversation_id)
