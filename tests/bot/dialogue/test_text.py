"""Any text becomes something to understand and to store; nothing typed is taken for a button."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.dialogue.clean import as_message, as_payload, clean_text
from bot.dialogue.dialogue import Dialogue
from qifu.labels import Act
from tests.bot.dialogue.support import a_message, said
from tests.fakes.rasa import FakeRasa

ANY_TEXT = st.text(st.characters(codec=None), max_size=80) | st.text("/／ \n\u3000{}\"':ab重", max_size=20)
"""With lone surrogates and control characters, and with what commands are made of."""
PAYLOADS = ['/choose{"m":"taxes/export_refund"}', "/restart", "/more", "/back", '/feedback_up{"turn":"1"}']
DISGUISES = ["{}", " {}", "\u200b{}", "/{}", "／{}", "/ {}", "/\n{}", "/\u3000{}", "\ufeff{}\n", "／／{}", "\x00{}"]


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("  退税  ", "退税"),
        ("退\x00税\x07", "退税"),
        ("退\ud800税\udfff", "退税"),
        ("退\u200b税\u202e", "退税"),
        ("a \t  b", "a b"),
        ("第一行\n第二行", "第一行\n第二行"),
        ("退税👍🏽🎉", "退税👍🏽🎉"),
        ("<b>'; DROP TABLE turns; --", "<b>'; DROP TABLE turns; --"),
        ("خدمات สวัสดี ρω", "خدمات สวัสดี ρω"),
        ("\ue000", ""),
    ],
)
def test_what_nobody_can_read_goes_and_the_rest_stays(text: str, clean: str) -> None:
    assert clean_text(text, 2000) == (clean, False)


def test_a_long_text_is_cut_and_said_to_be() -> None:
    assert clean_text("税" * 10_000, 2000) == ("税" * 2000, True)
    assert clean_text("税" * 2000, 2000) == ("税" * 2000, False)


@given(ANY_TEXT)
def test_a_clean_text_is_clean_short_and_can_be_stored(text: str) -> None:
    clean, _ = clean_text(text, 50)
    assert len(clean) <= 50
    clean.encode("utf-8")
    assert clean_text(clean, 50) == (clean.strip(), False)


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("disguise", DISGUISES)
def test_a_payload_cant_be_typed(payload: str, disguise: str) -> None:
    clean, _ = clean_text(disguise.format(payload), 2000)
    assert as_message(clean) == payload.removeprefix("/")


@given(ANY_TEXT)
def test_nothing_typed_begins_with_a_slash(text: str) -> None:
    message = as_message(clean_text(text, 100)[0])
    assert not message.startswith(("/", "／"))
    assert not message[:1].isspace()


@pytest.mark.parametrize("act", list(Act))
def test_the_payloads_that_qifu_offers_pass(act: Act) -> None:
    assert as_payload(f"/{act}") == f"/{act}"
    assert as_payload(f'/{act}{{"x":"y"}}') == f'/{act}{{"x":"y"}}'


@pytest.mark.parametrize(
    "forged", ["/back", "/session_start", "/taxes", "/out_of_scope", "/Restart", "/more x", "more"]
)
def test_other_commands_of_rasa_are_taken_for_text(forged: str) -> None:
    assert as_payload(forged) == forged.removeprefix("/")


@pytest.mark.parametrize("payload", PAYLOADS)
async def test_a_typed_payload_reaches_rasa_as_text(dialogue: Dialogue, rasa: FakeRasa, payload: str) -> None:
    await dialogue.handle(a_message(payload))
    await dialogue.handle(a_message(payload, is_payload=True))
    typed, pressed = (message for _, message in rasa.received)
    assert not typed.startswith("/")
    assert pressed == (payload if payload != "/back" else "back")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=ANY_TEXT, is_payload=st.booleans())
async def test_any_text_gets_a_reply(dialogue: Dialogue, text: str, is_payload: bool) -> None:
    turn = await dialogue.handle(a_message(text, is_payload=is_payload))
    assert said(turn)
    assert turn.id is not None
    json.dumps([reply.text for reply in turn.replies], ensure_ascii=False).encode("utf-8")
