"""Replies become HTML that Telegram can read."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dialogue.turn import Block, Reply
from bot.telegram.render import render
from bot.telegram.split import LIMIT
from tests.bot.telegram.support import blocks
from tests.fakes.telegram_html import parse_html, utf16
from tests.fakes.telegram_parameters import MOST_MARKUP_BYTES

KINDS = st.sampled_from(["lead", "quote", "citation", "note", "contact", "translation", "text"])
TEXTS = st.text(st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("<>&;#x\n。😀")), max_size=200)
REPLIES = st.lists(st.builds(Block, KINDS, TEXTS), min_size=1, max_size=12).map(
    lambda all_: blocks(*((b.kind, b.text) for b in all_))
)


def shown(text: str) -> str:
    """What of a text can be seen."""
    return "".join(text.split())


@given(REPLIES, st.integers(1, 30))
@settings(max_examples=150, deadline=None)
def test_any_reply_is_accepted_and_complete(reply: Reply, times: int) -> None:
    longer = blocks(*((block.kind, block.text * times) for block in reply.blocks))
    sent = []
    for piece in render(longer):
        text, _ = parse_html(piece.html)
        assert text == piece.plain
        assert utf16(text) <= LIMIT
        assert len(piece.html.encode()) <= MOST_MARKUP_BYTES
        sent.append(text)
    whole = longer.text
    lost = shown(whole).replace(shown("".join(sent)), "", 1) if sent else shown(whole)
    assert not any(char.isprintable() and not char.isspace() and char not in "\u2800\ufffc" for char in lost)


@given(TEXTS)
def test_a_reply_without_blocks_is_its_text(text: str) -> None:
    assert "".join(parse_html(piece.html)[0] for piece in render(Reply(text))) in {text, ""}


def test_each_kind_has_its_form() -> None:
    reply = blocks(("lead", "可以办"), ("quote", "一窗办理。"), ("citation", "方案，二（五）2"), ("contact", "12366"))
    [piece] = render(reply)
    assert piece.html == "<b>可以办</b>\n<blockquote>一窗办理。</blockquote>\n<i>方案，二（五）2</i>\n12366"
    assert piece.plain == reply.text


def test_a_long_lead_is_not_bold() -> None:
    [piece] = render(blocks(("lead", "长" * 61)))
    assert piece.html == "长" * 61


def test_markup_in_a_text_is_only_text() -> None:
    [piece] = render(blocks(("quote", "<script>alert(1)</script> & </blockquote>")))
    assert piece.html == "<blockquote>&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;/blockquote&gt;</blockquote>"


def test_a_quote_that_is_cut_is_a_quote_in_both_pieces() -> None:
    pieces = render(blocks(("quote", "一句话。" * 1500)))
    assert len(pieces) == 2
    assert all(piece.html.startswith("<blockquote>") and piece.html.endswith("。</blockquote>") for piece in pieces)


def test_what_cannot_be_seen_is_not_sent() -> None:
    assert render(Reply(" \n\u200b\u3000\u2800")) == []


def test_no_piece_has_more_entities_than_telegram_shows() -> None:
    many = blocks(*(("quote", f"第{number}条") for number in range(250)))
    assert "".join(piece.plain for piece in render(many)) == many.text
    assert all(len(parse_html(piece.html)[1]) <= 90 for piece in render(many))
