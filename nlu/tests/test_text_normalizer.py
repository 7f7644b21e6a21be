"""One spelling for the many ways to type the same."""

import pytest
from components.text_normalizer import TextNormalizer, normalize
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData


@pytest.fixture
def normalizer() -> TextNormalizer:
    return TextNormalizer(TextNormalizer.get_default_config())


def parse(normalizer: TextNormalizer, text: str | None, **metadata: bool) -> str:
    return str(normalizer.process([Message({TEXT: text, "metadata": metadata})])[0].get(TEXT))


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("網購糾紛怎麼處理", "网购纠纷怎么处理"),
        ("ＶＡＴ　Ｒｅｆｕｎｄ", "vat refund"),
        ("  出口\t退税 \n 几天  ", "出口 退税 几天"),
        ("注\u200b销\x00公司\x1b", "注销公司"),
        ("👍🏽", "👍"),
        ("👍\ufe0f", "👍"),
        ("\ud800坏", "坏"),
    ],
)
def test_the_same_message_has_one_spelling(typed: str, normal: str) -> None:
    assert normalize(typed) == normal


@pytest.mark.parametrize("blank", [None, "", "   ", "\u200b\u200b", "\x00", "/", "///"])
def test_a_message_with_nothing_in_it_becomes_a_placeholder(normalizer: TextNormalizer, blank: str | None) -> None:
    assert parse(normalizer, blank) == "?"


def test_a_long_message_is_cut(normalizer: TextNormalizer) -> None:
    assert len(parse(normalizer, "税" * 10_000)) == 1000
    assert len(parse(normalizer, "\ufdfa" * 10_000)) <= 1000


def test_normalising_twice_changes_nothing_more() -> None:
    for text in ("ＡＢＣ㎏ 網購", "ẞ İ ﬁ", "①②③ ½"):
        assert normalize(normalize(text)) == normalize(text)


def test_a_payload_passes_untouched_unless_a_person_typed_it(normalizer: TextNormalizer) -> None:
    payload = '/choose{"m":"taxes/export_refund"}'
    assert parse(normalizer, payload) == payload
    assert parse(normalizer, payload, is_payload=True) == payload
    assert not parse(normalizer, payload, is_payload=False).startswith("/")


def test_what_only_begins_like_a_payload_is_text(normalizer: TextNormalizer) -> None:
    assert parse(normalizer, "/ 怎么注销公司") == "怎么注销公司"


def test_training_questions_are_normalised_too(normalizer: TextNormalizer) -> None:
    data = TrainingData([Message({TEXT: "ＡＢＣ　網購"})])
    assert normalizer.process_training_data(data).training_examples[0].get(TEXT) == "abc 网购"
