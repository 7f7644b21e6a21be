"""What the routes of the web channel share, and how they ask for it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Request

from bot.web.hub import Hub
from bot.web.inflight import Inflight
from bot.web.limits import Gate
from bot.web.ports import Dialogue, Transcripts
from bot.web.texts import Pair, Texts
from qifu.labels import Language
from qifu.settings import Settings

if TYPE_CHECKING:
    from bot.web.files import WebFiles

# The state of each part by name; a `status` among them (ok or degraded) sums them up.
type Health = Callable[[], Awaitable[dict[str, Any]]]
# The emergency notice in each language; empty where there is none.
type Notice = Callable[[], Awaitable[Mapping[Language, str]]]


async def no_notice() -> Mapping[Language, str]:
    """Nothing to tell everybody."""
    return {}


@dataclass(frozen=True, slots=True)
class Web:
    """The parts behind the routes."""

    dialogue: Dialogue
    transcripts: Transcripts
    settings: Settings
    hub: Hub
    gate: Gate
    texts: Texts
    health: Health
    topics: Mapping[str, Pair]
    notice: Notice = no_notice
    files: "WebFiles | None" = None
    inflight: Inflight = field(default_factory=Inflight)

    @property
    def secure(self) -> bool:
        """Whether users reach the page by https."""
        return self.settings.address.startswith("https://")


def web_of(request: Request) -> Web:
    """The parts behind the app that serves this request."""
    web: Web = request.app.state.web
    return web


def address_of(request: Request) -> str:
    """The address a request comes from (the server has already read a trusted proxy's headers)."""
    return request.client.host if request.client else "unknown"


WebParts = Annotated[Web, Depends(web_of)]
Address = Annotated[str, Depends(address_of)]
