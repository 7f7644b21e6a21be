"""The commands of the menu: which of them go to the dialogue as payloads, and the menu itself."""

import re

import structlog
from telegram import Bot, BotCommand
from telegram.error import TelegramError

from bot.telegram.texts import Texts
from qifu.labels import Act, District, Language

PAYLOADS = {
    "help": f"/{Act.HELP}",
    "human": f"/{Act.HANDOFF}",
    "appeal": f"/{Act.APPEAL}",
    "status": f"/{Act.APPEAL_STATUS}",
    "lang": f"/{Act.SWITCH_LANGUAGE}",
}
"""Commands that the dialogue answers: command → payload."""

CANCEL_HANDOFF = "/desk_cancel"
"""What /cancel sends while a person was called."""

_DISTRICT_DATA = re.compile(r"district:([a-z]+)")

log = structlog.get_logger(__name__)


def district_named(word: str | None) -> District | None:
    """The district of a deep link or a command's argument (t.me/<bot>?start=minhang); None where there is no such."""
    try:
        return District((word or "").lower())
    except ValueError:
        return None


def district_data(district: District) -> str:
    """Callback data of the /district buttons; without a slash, so that it is never taken for the dialogue's payload."""
    return f"district:{district}"


def chosen_district(data: str) -> District | None:
    """The district of a pressed /district button; None for other buttons."""
    match = _DISTRICT_DATA.fullmatch(data)
    return district_named(match[1]) if match else None


async def publish_menu(bot: Bot, texts: Texts) -> None:
    """Tells Telegram the menu: Chinese for everybody, English for English clients.

    A failure is only logged: the commands work without their menu.
    """
    try:
        for language, code in ((Language.ZH, None), (Language.ZH, "zh"), (Language.EN, "en")):
            menu = [BotCommand(name, description) for name, description in texts.commands(language)]
            await bot.set_my_commands(menu, language_code=code)
    except TelegramError as error:
        log.warning("telegram_menu_not_set", error=type(error).__name__)
