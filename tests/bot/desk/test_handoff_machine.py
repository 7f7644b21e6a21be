"""Whatever order things happen in: one owner, no message lost or doubled, alerts once, figures as the log has them."""

from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule, run_state_machine_as_test

from qifu.labels import CloseReason, Direction, HandoffState
from tests.bot.desk.machine import MODEST, DeskMachine
from tests.bot.desk.support import a_conversation

USERS = ("web:a", "web:b", "web:c")
STAFF = st.sampled_from(["wang", "li", "chen"])
USER = st.sampled_from(USERS)
ENDED = ("closed", "returned", "cancelled")


class HandoffMachine(DeskMachine):
    """A model beside the desk: who has whom, what was said, and what the clock must show."""

    @initialize()
    def begin(self) -> None:
        """Three users."""
        for name in USERS:
            self.run(a_conversation(self.database, name))
        self.open: dict[str, int] = {}
        self.owner: dict[int, int | None] = {}
        self.ended: dict[int, str] = {}
        self.said: dict[int, list[tuple[str, str]]] = {}
        self.number = 0

    def who(self, name: str) -> int:
        """The id of a member of staff."""
        return int(getattr(self.people, name))

    @rule(user=USER)
    def request(self, user: str) -> None:
        """Somebody calls a person, perhaps again."""
        result = self.run(self.desk.handoffs.request(user))
        is_open = self.desk.rules.calendar.is_open(self.clock.now)
        if user not in self.open and not is_open:
            assert result.closed
            return
        assert result.handoff is not None
        assert result.new is (user not in self.open)
        if result.new:
            self.open[user], self.owner[result.handoff.id] = result.handoff.id, None
            self.said[result.handoff.id] = []
        assert self.open[user] == result.handoff.id

    @rule(user=USER)
    def cancel(self, user: str) -> None:
        """Somebody goes on with the bot."""
        handoff = self.open.get(user)
        allowed = handoff is None or self.owner[handoff] is None
        if self.refused(self.desk.handoffs.cancel(user), allowed) is not None and handoff is not None:
            self.end(user, "cancelled")

    @precondition(lambda self: self.open)
    @rule(user=USER, name=STAFF)
    def claim(self, user: str, name: str) -> None:
        """A member of staff claims."""
        if (handoff := self.open.get(user)) is None:
            return
        claim = self.run(self.desk.handoffs.claim(handoff, self.who(name)))
        assert claim.won is (self.owner[handoff] in (None, self.who(name)))
        self.owner[handoff] = claim.handoff.owner_id

    @rule(user=USER, name=STAFF)
    def take(self, user: str, name: str) -> None:
        """A member of staff takes a conversation."""
        claim = self.run(self.desk.handoffs.take(user, self.who(name)))
        handoff = self.open.setdefault(user, claim.handoff.id)
        self.said.setdefault(handoff, [])
        assert handoff == claim.handoff.id
        assert claim.won is (self.owner.get(handoff) in (None, self.who(name)))
        self.owner[handoff] = claim.handoff.owner_id

    @rule(user=USER, name=STAFF, to=st.none() | STAFF)
    def transfer(self, user: str, name: str, to: str | None) -> None:
        """The owner or the manager gives it away."""
        handoff = self.open.get(user)
        owner = self.owner.get(handoff) if handoff else None
        allowed = owner is not None and name_decides(self.who(name), owner, self.people.chen)
        receiver = self.who(to) if to else None
        allowed = allowed and (receiver is None or receiver != owner)
        work = self.desk.handoffs.transfer(handoff or 999, self.who(name), to=receiver)
        if self.refused(work, allowed) is not None and handoff is not None:
            self.owner[handoff] = None

    @rule(user=USER, name=STAFF, reason=st.none() | st.sampled_from(CloseReason))
    def finish(self, user: str, name: str, reason: CloseReason | None) -> None:
        """The owner or the manager closes it, or hands it back."""
        handoff = self.open.get(user)
        owner = self.owner.get(handoff) if handoff else None
        allowed = owner is not None and name_decides(self.who(name), owner, self.people.chen)
        desk, by = self.desk.handoffs, self.who(name)
        work = desk.close(handoff or 999, by, reason) if reason else desk.hand_back(handoff or 999, by)
        if self.refused(work, allowed) is not None:
            self.end(user, "closed" if reason else "returned")

    def end(self, user: str, how: str) -> None:
        """The model's handoff has ended."""
        handoff = self.open.pop(user)
        self.ended[handoff] = how

    @rule(user=USER, twice=st.booleans())
    def user_says(self, user: str, twice: bool) -> None:
        """A user writes; the channel may hand it over twice."""
        self.number += 1
        text = f"用户{self.number}"
        results = [self.run(self.desk.talk.user_message(user, text, text)) for _ in range(1 + twice)]
        for kept in results:
            assert (kept is not None) is (user in self.open)
        if user in self.open:
            self.said[self.open[user]].append(("user", text))

    @rule(user=USER, name=STAFF, twice=st.booleans())
    def staff_say(self, user: str, name: str, twice: bool) -> None:
        """A member of staff writes; only the owner's words reach the user."""
        self.number += 1
        handoff, text = self.open.get(user), f"员工{self.number}"
        allowed = handoff is not None and self.owner[handoff] == self.who(name)
        for _ in range(1 + twice):
            self.refused(self.desk.talk.staff_message(handoff or 999, self.who(name), text, text), allowed)
        if allowed and handoff is not None:
            self.said[handoff].append(("staff", text))

    @rule(user=USER, stars=st.integers(1, 5))
    def rate(self, user: str, stars: int) -> None:
        """A user rates what has ended."""
        handoffs = [row for row in self.run(self.rows(user)) if self.ended.get(row) in ("closed", "returned")]
        rated = self.refused(self.desk.handoffs.rate(user, stars), bool(handoffs))
        assert rated is None or rated.id == max(handoffs)

    async def rows(self, user: str) -> list[int]:
        """The ids of a user's handoffs."""
        async with self.desk.store.work() as work:
            return [row.id for row in await work.handoffs.of_conversation(user)]

    @rule(seconds=st.sampled_from([1, 19, 26, 45, 60, 200, 4 * 3600, 20 * 3600]))
    def time_passes(self, seconds: int) -> None:
        """The clock moves on, and what is due happens."""
        self.clock.forward(seconds=seconds)
        self.run(self.desk.timers.tick())
        assert self.run(self.desk.timers.tick()) == 0

    @rule()
    def another_process(self) -> None:
        """The process is killed; another one goes on."""
        self.restart()

    @rule(name=STAFF)
    def leaves(self, name: str) -> None:
        """Everything somebody has goes back to all."""
        count = self.run(self.desk.handoffs.release(self.who(name)))
        theirs = [handoff for handoff in self.open.values() if self.owner[handoff] == self.who(name)]
        assert count == len(theirs)
        self.owner |= dict.fromkeys(theirs)

    @invariant()
    def the_desk_stands_as_the_model(self) -> None:
        """One open handoff a user, the model's owner, the bot silent where somebody was there."""
        for user in USERS:
            row = self.run(self.desk.handoffs.open_of(user))
            assert (row.id if row else None) == self.open.get(user)
            if row:
                assert row.owner_id == self.owner[row.id]
                assert row.state == (HandoffState.CLAIMED if row.owner_id else HandoffState.WAITING)
        waiting = [handoff for handoff in self.open.values() if self.owner[handoff] is None]
        assert [row.id for row in self.run(self.desk.handoffs.waiting())] == sorted(waiting)

    @invariant()
    def events_tell_the_same(self) -> None:
        """The last events and the log of messages lead to the state, and nothing happens twice."""
        for handoff, said in self.said.items():
            transcript = self.run(self.desk.talk.transcript(handoff))
            kinds = [event.kind.value for event in transcript.events]
            ends = [kind for kind in kinds if kind in ENDED]
            assert ends == ([self.ended[handoff]] if handoff in self.ended else [])
            assert kinds[0] == "requested"
            assert kinds.count("answered") == any(who == "staff" for who, _ in said)
            waits = 1 + kinds.count("transferred")
            for alert in ("alerted", "escalated"):
                assert kinds.count(alert) <= waits
            messages = [m for m in transcript.messages if m.direction in (Direction.USER, Direction.STAFF)]
            assert [(m.direction.value, m.text) for m in messages] == said

    def teardown(self) -> None:
        """In the end the figures are those of the model."""
        if hasattr(self, "open"):
            found = self.run(
                self.desk.figures.of(self.clock.now.replace(year=2026, month=1), self.clock.now.replace(year=2028))
            )
            assert found.handoffs.handoffs == len(self.said)
            assert found.handoffs.ended == len(self.ended)
            assert found.waiting_now == sum(self.owner[handoff] is None for handoff in self.open.values())
        super().teardown()


def name_decides(somebody: int, owner: int, manager: int) -> bool:
    """Whether somebody may decide over a handoff."""
    return somebody in (owner, manager)


def test_handoffs_hold_in_whatever_order_things_happen(migrated: Path) -> None:
    machine = type("Machine", (HandoffMachine,), {"migrated": migrated})
    run_state_machine_as_test(machine, settings=MODEST)
