"""What the store's tests put into it."""

from datetime import UTC, datetime, timedelta
from itertools import count

from bot.dialogue.turn import Block, Button, Incoming, Reply, Turn
from qifu.labels import Channel, District, Language, Outcome, PlanStatus, Topic
from seeds.model import Contact, Matter, Measure, Plan, Point, Question, Seeds

WEB = "web:4f1a"
_messages = count(1)


class FakeClock:
    """A clock that stands still until it is moved."""

    def __init__(self, now: datetime = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> None:
        """Move on, e.g. `forward(days=1)`."""
        self.now += timedelta(**span)


def an_incoming(
    text: str = "出口退税要几天", conversation_id: str = WEB, message_id: str | None = None, is_payload: bool = False
) -> Incoming:
    """A message; a new one each time unless its id is given."""
    return Incoming(
        conversation_id=conversation_id,
        channel=Channel.WEB,
        message_id=message_id or f"m{next(_messages)}",
        text=text,
        language=Language.ZH,
        is_payload=is_payload,
    )


def a_turn(text: str = "出口退税要几天", outcome: Outcome = Outcome.ANSWERED) -> Turn:
    """An answer with something in every field."""
    reply = Reply(
        text="正常出口退税平均不超过6个工作日。",
        buttons=(Button("更多", "/more"), Button("👍", '/feedback{"v":1}')),
        blocks=(Block("quote", "正常出口退税平均不超过6个工作日。"), Block("citation", "（2024-01-13）")),
    )
    return Turn(
        text=text,
        replies=(reply, Reply("还有吗？")),
        outcome=outcome,
        intent="taxes/export_refund",
        confidence=0.93,
        topic="taxes",
        matter="taxes/export_refund",
        act=None,
        entities=({"entity": "district", "value": "minhang", "start": 0, "end": 2},),
        points=("shanghai-2024/3.2#1",),
        contacts=("hotline_12366",),
        ms=12,
        parse={"intent": {"name": "taxes", "confidence": 0.93}},
    )


def some_seeds(text: str = "正常出口退税平均不超过6个工作日。") -> Seeds:
    """Two plans with something in every field; the order is not the alphabet's."""
    shanghai = _plan("shanghai-2024", District.SHANGHAI, PlanStatus.IN_FORCE, 2024, number="沪府办发〔2024〕1号")
    putuo = _plan("putuo-2022", District.PUTUO, PlanStatus.YEAR_PLAN, 2022)
    first = Point("shanghai-2024/3.2#1", text, 40)
    second = Point("shanghai-2024/3.2#2", "推广出口退税备案单证电子化。", 41)
    third = Point("putuo-2022/2.1.3#1", "设立涉税专窗。", 12)
    refund = Measure("shanghai-2024/3.2", "shanghai-2024", "三（二）", "优化纳税", "measure", (first, second))
    window = Measure(
        "putuo-2022/2.1.3", "putuo-2022", "二（一）3", "便利办税", "measure", (third,), ("区税务局",), "原文如此"
    )
    unit = Contact(
        id="putuo_tax",
        name="区税务局",
        name_en="Putuo Tax Bureau",
        kind="unit",
        district=District.PUTUO,
        handles="办税",
        handles_en="taxes",
        source="putuo-2022",
        named_in=("putuo-2022/2.1.3", "putuo-2022/2.1.3#1"),
        address="大渡河路1718号",
        hours="9:00–17:00",
        aliases=("普陀税务",),
    )
    hotline = Contact(
        id="hotline_12366",
        name="12366",
        name_en="12366",
        kind="hotline",
        district=District.SHANGHAI,
        handles="纳税缴费",
        handles_en="taxes",
        source="public",
        topics=(Topic.TAXES, Topic.TRADE),
        phone="12366",
    )
    matter = Matter(
        id="taxes/export_refund",
        topic=Topic.TAXES,
        name="出口退税",
        name_en="Export tax refund",
        points=(second.id, first.id, third.id),
        contacts=(unit.id, hotline.id),
        keywords=("退税", "出口"),
        audience="出口企业",
        general=True,
        line=7,
    )
    return Seeds(
        plans={shanghai.id: shanghai, putuo.id: putuo},
        measures={refund.id: refund, window.id: window},
        points={point.id: point for point in (first, second, third)},
        english={first.id: "Export tax refunds take at most 6 working days on average."},
        matters={matter.id: matter},
        contacts={unit.id: unit, hotline.id: hotline},
        questions=[
            Question("taxes/export_refund", "退税几天到账", first.id, 3, "nlu/data/taxes.yml"),
            Question("greet", "你好", None, 5, "nlu/data/acts.yml"),
        ],
    )


def _plan(plan_id: str, district: District, status: PlanStatus, year: int, number: str | None = None) -> Plan:
    return Plan(plan_id, "行动方案", "Action plan", "上海市", number, f"{year}-01-13", district, status, year)
