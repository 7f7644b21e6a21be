"""How often a conversation and an address may ask: token buckets in memory."""

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from bot.web.errors import Refusal

MOST_BUCKETS = 10_000


@dataclass(frozen=True, slots=True)
class Rate:
    """`burst` requests at once, then one every `every` seconds."""

    burst: int
    every: float


@dataclass(frozen=True, slots=True)
class Limits:
    """The rates of the web channel. An address may be a whole office, so it gets more than a conversation."""

    messages: Rate = Rate(burst=12, every=1.5)
    """Messages of one conversation."""
    requests: Rate = Rate(burst=150, every=0.2)
    """Requests of one address to conversations."""
    openings: Rate = Rate(burst=30, every=10.0)
    """New conversations of one address."""


class Buckets:
    """One token bucket for each key; the key not used for longest is forgotten first."""

    def __init__(self, rate: Rate, clock: Callable[[], float] = time.monotonic, most: int = MOST_BUCKETS) -> None:
        self._rate = rate
        self._clock = clock
        self._most = most
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> float:
        """Takes a token; 0.0 when there was one, else the seconds until there is."""
        now = self._clock()
        level, at = self._levels.pop(key, (float(self._rate.burst), now))
        level = min(self._rate.burst, level + (now - at) / self._rate.every)
        wait = 0.0 if level >= 1 else (1 - level) * self._rate.every
        self._levels[key] = (level if wait else level - 1, now)
        if len(self._levels) > self._most:
            self._levels.popitem(last=False)
        return wait


class Gate:
    """Checks requests against the limits. Each check raises Refusal 429 that says when to come back."""

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self._messages = Buckets(limits.messages, clock)
        self._requests = Buckets(limits.requests, clock)
        self._openings = Buckets(limits.openings, clock)

    def message(self, conversation_id: str) -> None:
        """One more message of a conversation."""
        _check(self._messages, conversation_id)

    def request(self, address: str) -> None:
        """One more request of an address."""
        _check(self._requests, network_of(address))

    def opening(self, address: str) -> None:
        """One more conversation of an address."""
        _check(self._openings, network_of(address))


def network_of(address: str) -> str:
    """What counts as one address: an IPv4 address, or the /64 network that one IPv6 subscriber holds."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network(f"{parsed}/64", strict=False)) if parsed.version == 6 else str(parsed)


def _check(buckets: Buckets, key: str) -> None:
    wait = buckets.take(key)
    if wait:
        seconds = max(1, math.ceil(wait))
        raise Refusal(429, "too_many", headers={"Retry-After": str(seconds)}, seconds=seconds)
