"""Slows down those who try passwords: each wrong one makes the next wait longer."""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from itertools import islice

_LONGEST_WAIT = 300.0
# How long a wrong password counts, in seconds.
_REMEMBERED = 3_600.0
_MOST_KEPT = 10_000
# Wrong passwords that cost nothing: of one name from one address, and of all from one address,
# behind which there may be several readers.
_FREE_OF_NAME, _FREE_OF_ADDRESS = 3, 20


@dataclass(slots=True)
class _Tries:
    failures: int = 0
    last: float = 0.0
    until: float = 0.0


class Throttle:
    """Counts wrong passwords by name and address, and by address alone.

    Not by name alone: anyone could then keep a reader out.

    Args:
        clock: seconds that only ever grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._tries: dict[Hashable, _Tries] = {}

    def begin(self, name: str, address: str) -> float:
        """Counts a try as wrong until :meth:`succeed` is told otherwise, so that many at once
        gain nothing.

        Returns:
            0, or how many seconds are still to be waited; the try is then not to be made.
        """
        now = self._clock()
        limits = self._limits(name, address)
        wait = max(self._tries[key].until - now if key in self._tries else 0.0 for key in limits)
        if wait > 0:
            return wait
        self._forget(now)
        for key, free in limits.items():
            tries = self._tries.pop(key, _Tries())
            if now - tries.last > _REMEMBERED:
                tries = _Tries()
            tries.failures, tries.last = tries.failures + 1, now
            if tries.failures > free:
                tries.until = now + min(2.0 ** min(tries.failures - free, 30), _LONGEST_WAIT)
            self._tries[key] = tries  # at the end: the first is the one longest untouched
        return 0.0

    def succeed(self, name: str, address: str) -> None:
        """Takes the last try back, and forgets the wrong ones of this name from this address."""
        of_name, of_address = self._limits(name, address)
        self._tries.pop(of_name, None)
        tries = self._tries.get(of_address)
        if tries is not None:
            tries.failures, tries.until = tries.failures - 1, 0.0

    def _limits(self, name: str, address: str) -> dict[Hashable, int]:
        place = _place(address)
        return {(name[:100], place): _FREE_OF_NAME, place: _FREE_OF_ADDRESS}

    def _forget(self, now: float) -> None:
        stale = [key for key, tries in self._tries.items() if now - tries.last > _REMEMBERED]
        excess = max(0, len(self._tries) - len(stale) - _MOST_KEPT)
        for key in (*stale, *islice(self._tries, excess)):
            self._tries.pop(key, None)


def _place(address: str) -> str:
    """The address, or the network of it where one caller has many (IPv6)."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is None:
        return str(ipaddress.ip_network((int(parsed) >> 64 << 64, 64)))
    return str(getattr(parsed, "ipv4_mapped", None) or parsed)
