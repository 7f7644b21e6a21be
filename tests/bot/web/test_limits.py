"""Token buckets."""

import pytest

from bot.web.errors import Refusal
from bot.web.limits import Buckets, Gate, Limits, Rate, network_of


class Clock:
    """A clock that stands until it is moved."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_is_free_and_then_a_token_comes_back_after_a_while() -> None:
    clock = Clock()
    buckets = Buckets(Rate(2, 10.0), clock)
    assert [buckets.take("a") for _ in range(3)] == [0.0, 0.0, 10.0]
    clock.now += 4
    assert buckets.take("a") == pytest.approx(6.0)
    clock.now += 6
    assert buckets.take("a") == 0.0


def test_keys_do_not_share_tokens() -> None:
    buckets = Buckets(Rate(1, 10.0), Clock())
    assert [buckets.take("a"), buckets.take("b")] == [0.0, 0.0]


def test_old_keys_are_forgotten() -> None:
    buckets = Buckets(Rate(1, 10.0), Clock(), most=2)
    for key in ("a", "b", "c"):
        buckets.take(key)
    assert buckets.take("a") == 0.0
    assert buckets.take("c") == 10.0


def test_a_refusal_says_when_to_come_back_in_whole_seconds() -> None:
    gate = Gate(Limits(messages=Rate(1, 2.5)), Clock())
    gate.message("web:1")
    with pytest.raises(Refusal) as refusal:
        gate.message("web:1")
    assert (refusal.value.status, refusal.value.headers) == (429, {"Retry-After": "3"})


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("unknown", "unknown"),
    ],
)
def test_an_ipv6_network_counts_as_one_address(address: str, network: str) -> None:
    assert network_of(address) == network
