"""Buttons stand in rows, fit Telegram's limits, and are used once."""

import pytest
from telegram import InlineKeyboardMarkup

from bot.dialogue.turn import Button
from bot.telegram.commands import PAYLOADS, chosen_district, district_data
from bot.telegram.keyboard import IDLE, MOST_BYTES, after_press, district_keyboard, keyboard, title_of
from bot.telegram.texts import Texts
from qifu.labels import District, Language
from tests.bot.telegram.support import ANSWER_BUTTONS


def rows(markup: InlineKeyboardMarkup | None) -> list[list[str]]:
    assert markup is not None
    return [[button.text for button in row] for row in markup.inline_keyboard]


def test_short_titles_share_a_row_and_feedback_comes_last() -> None:
    assert rows(keyboard(ANSWER_BUTTONS)) == [["更多", "依据", "人工"], ["👍", "👎"]]


def test_a_long_title_has_its_own_row() -> None:
    assert rows(keyboard([Button("简易注销的条件和流程", "/a"), Button("一业一证", "/b")])) == [
        ["简易注销的条件和流程"],
        ["一业一证"],
    ]


def test_no_buttons_make_no_keyboard() -> None:
    assert keyboard([]) is None


@pytest.mark.parametrize("button", [Button("长", "/" + "x" * MOST_BYTES), Button(" ", "/more"), Button("空", "")])
def test_a_button_telegram_would_refuse_is_left_out(button: Button) -> None:
    assert rows(keyboard([button, Button("人工", "/handoff")])) == [["人工"]]


def test_payloads_of_this_room_fit_into_a_button() -> None:
    own = [*PAYLOADS.values(), *(district_data(district) for district in District), IDLE]
    assert all(0 < len(payload.encode()) <= 60 < MOST_BYTES == 64 for payload in own)


def test_after_a_choice_only_it_and_feedback_are_left() -> None:
    markup = keyboard(ANSWER_BUTTONS)
    assert markup is not None
    left = after_press(markup, "/more", "✓ 更多")
    assert rows(left) == [["✓ 更多"], ["👍", "👎"]]
    assert title_of(left, "/more") is None


def test_after_feedback_the_choices_are_left() -> None:
    markup = keyboard(ANSWER_BUTTONS)
    assert markup is not None
    left = after_press(markup, '/feedback_up{"turn":"1"}', "✓ 👍")
    assert rows(left) == [["更多", "依据", "人工"], ["✓ 👍"]]
    assert rows(after_press(left, "/more", "✓ 更多")) == [["✓ 更多"], ["✓ 👍"]]


@pytest.mark.parametrize("language", list(Language))
def test_every_district_has_a_button(language: Language) -> None:
    markup = district_keyboard(Texts.read().districts(language))
    pressed = [chosen_district(str(button.callback_data)) for row in markup.inline_keyboard for button in row]
    assert sorted(filter(None, pressed)) == sorted(District)


@pytest.mark.parametrize("data", ["district:beijing", "district:", "/set_district", "district:minhang x"])
def test_other_data_choose_no_district(data: str) -> None:
    assert chosen_district(data) is None
