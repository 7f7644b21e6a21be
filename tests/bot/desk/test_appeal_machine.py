"""Whatever order things happen in: an appeal goes its way, is never lost, and its events tell where it stands."""

from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule, run_state_machine_as_test

from qifu.labels import AppealGrade, AppealState, AppealTier
from tests.bot.desk.machine import MODEST, DeskMachine
from tests.bot.desk.support import a_conversation, some_appeal

STAFF = st.sampled_from(["wang", "li", "chen"])
TEXTS = ("门口的路灯坏了三个月，请派人来修", "发票一直开不出来，请帮忙协调解决", "园区停车位太少，员工没有地方停车")
WHICH = st.sampled_from(range(len(TEXTS)))
OPEN = ("received", "assigned", "in_progress", "reopened")
USER = "web:a"


class AppealMachine(DeskMachine):
    """A model of up to three appeals of one user: state, owner, whether it was reopened."""

    @initialize()
    def begin(self) -> None:
        """One user."""
        self.run(a_conversation(self.database, USER))
        self.ids: dict[int, int] = {}
        self.numbers: dict[int, str] = {}
        self.state: dict[int, str] = {}
        self.owner: dict[int, int | None] = {}
        self.reopened: set[int] = set()
        self.joined: dict[int, int] = {}

    def who(self, name: str) -> int:
        """The id of a member of staff."""
        return int(getattr(self.people, name))

    def decides(self, which: int, name: str) -> bool:
        """Whether somebody may deal with an appeal."""
        return name == "chen" or self.owner.get(which) == self.who(name)

    @rule(which=WHICH)
    def file(self, which: int) -> None:
        """The user files; what says the same as an open one joins it."""
        before = self.state.get(which)
        filing = self.run(self.desk.appeals.file(USER, some_appeal(TEXTS[which])))
        if before in OPEN and filing.joined:
            assert filing.appeal.id == self.ids[which]
            self.joined[which] = self.joined.get(which, 0) + 1
            return
        assert filing.new
        if before in OPEN:
            # Only after seven days the same words are another appeal; the model follows the new one.
            assert (self.clock.now - self.run(self.desk.appeals.get(self.ids[which])).created_at).days >= 7
        self.ids[which], self.numbers[which] = filing.appeal.id, filing.appeal.number
        self.state[which], self.owner[which] = "received", None
        self.reopened.discard(which)
        self.joined[which] = 0

    @rule(which=WHICH, by=STAFF, owner=st.none() | STAFF)
    def assign(self, which: int, by: str, owner: str | None) -> None:
        """A manager assigns."""
        allowed = by == "chen" and self.state.get(which) in OPEN
        new = self.who(owner) if owner else None
        work = self.desk.appeals.assign(self.ids.get(which, 999), self.who(by), owner=new, unit="区城管局")
        if self.refused(work, allowed) is not None:
            self.state[which], self.owner[which] = "assigned", new or self.owner[which]

    @rule(which=WHICH, by=STAFF, grade=st.sampled_from(AppealGrade), tier=st.sampled_from(AppealTier))
    def grade(self, which: int, by: str, grade: AppealGrade, tier: AppealTier) -> None:
        """A manager grades."""
        allowed = by == "chen" and self.state.get(which) in OPEN
        row = self.refused(self.desk.appeals.grade(self.ids.get(which, 999), self.who(by), grade, tier), allowed)
        assert row is None or row.deadline > (row.reopened_at or row.created_at)

    @rule(which=WHICH, by=STAFF)
    def start(self, which: int, by: str) -> None:
        """Somebody begins."""
        allowed = self.state.get(which) == "assigned" and self.owner[which] is not None and self.decides(which, by)
        if self.refused(self.desk.appeals.start(self.ids.get(which, 999), self.who(by)), allowed) is not None:
            self.state[which] = "in_progress"

    @rule(which=WHICH, by=STAFF)
    def refer(self, which: int, by: str) -> None:
        """Somebody passes it on to 12345."""
        allowed = self.state.get(which) in OPEN and self.decides(which, by)
        work = self.desk.appeals.refer(self.ids.get(which, 999), self.who(by), "20261118-9")
        if self.refused(work, allowed) is not None:
            self.state[which] = "in_progress"

    @rule(which=WHICH, by=STAFF)
    def resolve(self, which: int, by: str) -> None:
        """Somebody writes the result."""
        allowed = self.state.get(which) in ("assigned", "in_progress") and self.decides(which, by)
        work = self.desk.appeals.resolve(self.ids.get(which, 999), self.who(by), "已处理")
        if self.refused(work, allowed) is not None:
            self.state[which] = "resolved"

    @rule(which=WHICH, stars=st.integers(1, 5))
    def rate(self, which: int, stars: int) -> None:
        """The user rates."""
        allowed = self.state.get(which) in ("resolved", "rated")
        work = self.desk.appeals.rate(USER, self.numbers.get(which, "SQ20000101-0001"), stars)
        if self.refused(work, allowed) is not None:
            self.state[which] = "rated"

    @rule(which=WHICH)
    def reopen(self, which: int) -> None:
        """The user isn't content."""
        allowed = self.state.get(which) in ("resolved", "rated") and which not in self.reopened
        work = self.desk.appeals.reopen(USER, self.numbers.get(which, "SQ20000101-0001"), "没修好")
        if self.refused(work, allowed) is not None:
            self.state[which] = "reopened"
            self.reopened.add(which)

    @rule(hours=st.sampled_from([1, 24, 24 * 8]))
    def time_passes(self, hours: int) -> None:
        """The clock moves on, and what is overdue is pressed once."""
        self.clock.forward(hours=hours)
        self.run(self.desk.timers.tick())
        assert self.run(self.desk.timers.tick()) == 0

    @rule()
    def another_process(self) -> None:
        """The process is killed; another one goes on."""
        self.restart()

    @invariant()
    def rows_stand_as_the_model_and_events_lead_there(self) -> None:
        """State, owner and history."""
        for which, appeal_id in self.ids.items():
            row = self.run(self.desk.appeals.get(appeal_id))
            assert (row.state, row.owner_id) == (AppealState(self.state[which]), self.owner[which])
            assert row.reopened is (which in self.reopened)
            history = self.run(self.desk.appeals.history(appeal_id))
            kinds = [event.kind.value for event, _ in history]
            assert kinds[0] == "filed"
            assert kinds.count("filed") == 1
            assert kinds.count("reopened") == (which in self.reopened)
            assert kinds.count("joined") == self.joined[which]
            days = [event.at.date() for event, _ in history if event.kind == "overdue"]
            assert len(days) == len(set(days))
            steps = {"filed": "received", "assigned": "assigned", "started": "in_progress", "referred": "in_progress"}
            steps |= {state: state for state in ("resolved", "rated", "reopened")}
            assert [steps[kind] for kind in kinds if kind in steps][-1] == row.state

    @invariant()
    def the_user_finds_every_appeal(self) -> None:
        """By number, and in the list."""
        listed = [row.id for row in self.run(self.desk.appeals.of_conversation(USER))]
        assert set(self.ids.values()) <= set(listed)
        assert listed == sorted(listed, reverse=True)


def test_appeals_hold_in_whatever_order_things_happen(migrated: Path) -> None:
    machine = type("Machine", (AppealMachine,), {"migrated": migrated})
    run_state_machine_as_test(machine, settings=MODEST)
