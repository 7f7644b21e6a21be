"""A small knowledge base for the actions' tests: every plan status, three districts and the city, little text."""

from qifu.labels import District, PlanStatus, Topic
from seeds.model import Contact, Matter, Measure, Plan, Point, Question, Seeds

CITY = "shanghai-2024"
DRAFT = "minhang-2023"
IN_FORCE = "changning-2022"
YEAR = "putuo-2022"
CASE = "changning-2025"

PLANS = [
    Plan(CITY, "上海市行动方案", "Action plan of Shanghai", "市政府办公厅", "沪府办发〔2024〕1号", "2024-01-13",
         District.SHANGHAI, PlanStatus.IN_FORCE, 2024),
    Plan(DRAFT, "闵行区行动方案（征求意见稿）", "Draft plan of Minhang", "区发展改革委", None, "2023",
         District.MINHANG, PlanStatus.DRAFT, 2023),
    Plan(IN_FORCE, "长宁区实施方案", "Plan of Changning", "区政府", "长府〔2022〕9号", "2022-03-01",
         District.CHANGNING, PlanStatus.IN_FORCE, 2022),
    Plan(YEAR, "普陀区2022年工作方案", "Year plan of Putuo", "区政府办公室", None, "2022-02-10",
         District.PUTUO, PlanStatus.YEAR_PLAN, 2022),
    Plan(CASE, "长宁案例", "Case study of Changning", "新闻报道", None, "2025", District.CHANGNING,
         PlanStatus.CASE_STUDY, 2025),
]  # fmt: skip

_LONG = "重点企业融资服务机制，" + "支持银行为企业提供贷款贴息、担保、续贷等服务，" * 14 + "降低融资成本。"

MEASURES: list[tuple[str, str, str, tuple[str, ...], tuple[str, ...]]] = [
    (f"{CITY}/3.2", "三（二）", "优化纳税服务", (), (
        "正常出口退税平均办理时间不超过6个工作日。",
        "推广出口退税备案单证电子化。",
        "探索出口退税免申报服务。",
    )),
    (f"{CITY}/1.1", "一（一）", "便利市场准入和退出", (), (
        "推进简易注销便利化。",
        "上线企业注销一窗通。",
        "缩短注销公告时间。",
        "注销事项一网服务。",
        "优化普通注销程序。",
    )),
    (f"{CITY}/2.9", "二（九）", "优化融资服务", (), tuple(verb + _LONG for verb in ("建立", "健全", "完善"))),
    (f"{DRAFT}/7", "（六）", "优化税费服务", (), (
        "对一类、二类出口企业，退税平均时间压缩至3个工作日。",
        "在莘庄设立办税专窗。",
    )),
    (f"{IN_FORCE}/2.5.2", "二（五）2", "便利企业注销", (), ("全面实施简易注销。",)),
    (f"{YEAR}/2.3.1", "二（三）1", "人才安居", ("区人社局",), ("为人才提供公寓500套。",)),
    (f"{CASE}/4", "第四部分", "涉外服务站", (), ("长宁区设立外国人工作居留一站式窗口。",)),
]  # fmt: skip

CONTACTS = [
    Contact("putuo_hrss", "区人社局", "Putuo Human Resources", "unit", District.PUTUO, "人才公寓", "talent flats",
            "普陀2022年方案", aliases=("普陀人社局",)),
    Contact("minhang_tax_window", "莘庄办税专窗", "Xinzhuang tax window", "window", District.MINHANG, "退税", "refunds",
            "闵行2023年征求意见稿", named_in=(f"{DRAFT}/7#2",)),
    Contact("hotline_12366", "12366热线", "12366 hotline", "hotline", District.SHANGHAI, "税费咨询", "taxes",
            "公开号码", topics=(Topic.TAXES,), phone="12366"),
    Contact("hotline_12345", "12345热线", "12345 hotline", "hotline", District.SHANGHAI, "咨询投诉", "anything",
            "公开号码", phone="12345"),
]  # fmt: skip

REFUND = "taxes/export_refund"
DEREGISTER = "registration/simple_deregistration"
ORDINARY = "registration/ordinary_deregistration"
LOAN = "finance/loan"
FLAT = "talent/flat"
WINDOW = "foreign_services/window"
GENERAL = "taxes/general"

MATTERS = [
    Matter(REFUND, Topic.TAXES, "出口退税", "Export tax refund",
           (f"{CITY}/3.2#1", f"{CITY}/3.2#2", f"{CITY}/3.2#3", f"{DRAFT}/7#1", f"{DRAFT}/7#2"), keywords=("退税",)),
    Matter(DEREGISTER, Topic.REGISTRATION, "简易注销", "Simple deregistration",
           (f"{CITY}/1.1#1", f"{CITY}/1.1#2", f"{CITY}/1.1#3", f"{CITY}/1.1#4", f"{IN_FORCE}/2.5.2#1")),
    Matter(ORDINARY, Topic.REGISTRATION, "普通注销", "Ordinary deregistration", (f"{CITY}/1.1#5",)),
    Matter(LOAN, Topic.FINANCE, "企业贷款", "Business loan", tuple(f"{CITY}/2.9#{n}" for n in (1, 2, 3))),
    Matter(FLAT, Topic.TALENT, "人才公寓", "Talent flats", (f"{YEAR}/2.3.1#1",), contacts=("putuo_hrss",)),
    Matter(WINDOW, Topic.FOREIGN_SERVICES, "外国人工作许可", "Work permit for foreigners", (f"{CASE}/4#1",)),
    Matter(GENERAL, Topic.TAXES, "税费一般问题", "Taxes in general", (f"{CITY}/3.2#2",), general=True),
]  # fmt: skip

ENGLISH = {
    f"{CITY}/3.2#1": "Export tax refunds take at most 6 working days on average.",
    f"{DRAFT}/7#1": "For class one and two exporters refunds take 3 working days on average.",
}


def small_seeds() -> Seeds:
    """The knowledge base, resolved."""
    measures = {}
    for number, place, title, units, texts in MEASURES:
        points = tuple(Point(f"{number}#{n}", text, n) for n, text in enumerate(texts, start=1))
        measures[number] = Measure(number, number.split("/")[0], place, title, "measure", points, units)
    return Seeds(
        plans={plan.id: plan for plan in PLANS},
        measures=measures,
        points={point.id: point for measure in measures.values() for point in measure.points},
        english=dict(ENGLISH),
        matters={matter.id: matter for matter in MATTERS},
        contacts={contact.id: contact for contact in CONTACTS},
        questions=[
            Question(REFUND, "出口退税要几天", f"{CITY}/3.2#1"),
            Question(REFUND, "出口退税几天到账", f"{DRAFT}/7#1"),
            Question(REFUND, "How many days does an export tax refund take in Minhang?", f"{DRAFT}/7#1"),
            Question(DEREGISTER, "小公司怎么关掉"),
        ],
    )
