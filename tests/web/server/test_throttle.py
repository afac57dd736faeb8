from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.web.server import throttle
from assistant.web.server.throttle import Throttle


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


def waits(times: int, clock: Clock, throttled: Throttle, name: str = "Ada") -> list[float]:
    """How long each of some wrong passwords had to wait, one after the other."""
    told: list[float] = []
    for _ in range(times):
        wait = throttled.begin(name, "10.0.0.1")
        told.append(wait)
        clock.now += wait
        if wait:
            assert throttled.begin(name, "10.0.0.1") == 0
    return told


def test_each_wrong_password_makes_the_next_wait_twice_as_long() -> None:
    clock = Clock()
    assert waits(13, clock, Throttle(clock)) == [0, 0, 0, 0, 2, 4, 8, 16, 32, 64, 128, 256, 300]


def test_many_at_once_gain_nothing() -> None:
    throttled = Throttle(Clock())
    assert [throttled.begin("Ada", "10.0.0.1") == 0 for _ in range(100)].count(True) == 4


def test_many_names_from_one_address_wait_too() -> None:
    throttled = Throttle(Clock())
    let = [throttled.begin(f"reader{n}", "10.0.0.1") == 0 for n in range(100)]
    assert let.count(True) == 21


def test_nobody_keeps_a_reader_out_from_elsewhere() -> None:
    throttled = Throttle(Clock())
    for _ in range(50):
        throttled.begin("Ada", "10.0.0.9")
    assert throttled.begin("Ada", "10.0.0.1") == 0


def test_a_network_counts_as_one_address_where_a_caller_has_many() -> None:
    throttled = Throttle(Clock())
    let = [throttled.begin("Ada", f"2001:db8::{n:x}") == 0 for n in range(1, 50)]
    assert let.count(True) == 4
    assert throttled.begin("Ada", "2001:db8:1::1") == 0
    for _ in range(10):
        throttled.begin("Bob", "::ffff:10.0.0.1")
    assert throttled.begin("Bob", "10.0.0.1") > 0
    assert throttled.begin("Bob", "::ffff:10.0.0.2") == 0


def test_the_right_password_ends_the_waiting_of_that_name() -> None:
    clock = Clock()
    throttled = Throttle(clock)
    waits(6, clock, throttled)
    clock.now += 1000
    assert throttled.begin("Ada", "10.0.0.1") == 0
    throttled.succeed("Ada", "10.0.0.1")
    assert [throttled.begin("Ada", "10.0.0.1") for _ in range(3)] == [0, 0, 0]


def test_signing_in_often_never_waits() -> None:
    throttled = Throttle(Clock())
    for _ in range(100):
        assert throttled.begin("Ada", "10.0.0.1") == 0
        throttled.succeed("Ada", "10.0.0.1")


def test_an_hour_later_nothing_is_remembered() -> None:
    clock = Clock()
    throttled = Throttle(clock)
    waits(8, clock, throttled)
    clock.now += 3_601
    assert waits(4, clock, throttled) == [0, 0, 0, 0]


def test_what_is_kept_does_not_grow_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "_MOST_KEPT", 50)
    throttled = Throttle(Clock())
    for n in range(500):
        throttled.begin("Ada", f"10.0.{n // 250}.{n % 250}")
    assert len(throttled._tries) <= 52


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["Ada", "Bob"]),
            st.sampled_from(["10.0.0.1", "::1", "testclient", ""]),
            st.floats(0, 500),
            st.booleans(),
        )
    )
)
def test_no_wait_is_longer_than_five_minutes(
    tries: list[tuple[str, str, float, bool]],
) -> None:
    clock = Clock()
    throttled = Throttle(clock)
    for name, address, later, right in tries:
        clock.now += later
        wait = throttled.begin(name, address)
        assert 0 <= wait <= 300
        if wait == 0 and right:
            throttled.succeed(name, address)
