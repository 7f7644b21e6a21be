"""What becomes of an update whose handling raised: logged by kind, the user told, settled or left for later."""

import structlog
from telegram import Update
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.ext import ApplicationHandlerStop

from bot.telegram.address import target_of
from bot.telegram.delivery import Delivery
from bot.telegram.handlers import Context
from bot.telegram.intake import LeaveForLater
from bot.telegram.texts import Texts, language_of

log = structlog.get_logger(__name__)


class Failures:
    """The application's error handler. `raise_for` hands the error on to the intake, which knows how to settle it."""

    def __init__(self, delivery: Delivery, texts: Texts) -> None:
        self._delivery = delivery
        self._texts = texts
        self._errors: dict[int, Exception] = {}

    async def on_error(self, update: object, context: Context) -> None:
        """Called by the application with what a handler raised."""
        error = context.error
        if not isinstance(update, Update) or not isinstance(error, Exception):
            return
        self._errors[update.update_id] = error
        if isinstance(error, Forbidden):
            log.info("telegram_blocked", update_id=update.update_id)
        elif _passes(error):
            log.warning("telegram_not_sent", update_id=update.update_id, error=type(error).__name__)
        else:
            log.error(
                "telegram_update_failed", update_id=update.update_id, error=type(error).__name__, at=_place(error)
            )
            await self._tell(update)
        raise ApplicationHandlerStop  # nobody else is to answer what failed with staff's handler

    def raise_for(self, update_id: int) -> None:
        """Raises what handling this update raised: LeaveForLater where it may go better another time."""
        error = self._errors.pop(update_id, None)
        if error is None:
            return
        if _passes(error):
            raise LeaveForLater(type(error).__name__)
        raise error

    async def _tell(self, update: Update) -> None:
        """One line to the user, never the error itself; that it can't be sent is not told to anybody."""
        message = update.effective_message
        if message is None:
            return
        user = update.effective_user
        text = self._texts.say("error", language_of(user.language_code if user else None))
        try:
            await self._delivery.say(target_of(message), text)
        except TelegramError as error:
            log.warning("telegram_error_line_not_sent", update_id=update.update_id, error=type(error).__name__)


def _passes(error: Exception) -> bool:
    """Whether the reason lies with the network or the token and may pass."""
    if isinstance(error, BadRequest):
        return False
    return isinstance(error, NetworkError | RetryAfter | InvalidToken)


def _place(error: Exception) -> str:
    """File and line that raised; not the message, which may hold what the user wrote."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}" if trace else "?"
