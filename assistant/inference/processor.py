"""How the models share the processor with everything else on the machine."""

from __future__ import annotations

import os

_SPINS = 2_000


def share_cores() -> None:
    """Lets threads that wait for each other give their core away soon.

    To be called before torch or llama.cpp is imported; whichever comes first brings the OpenMP
    library for both. Its threads wait in a loop, by default for milliseconds, hundreds of times
    a token. Where anything else needs a core meanwhile (a browser is enough), that made writing
    up to 30 times slower. With this many turns an idle machine stays as fast as it was. A value in
    the environment is left as it is.
    """
    os.environ.setdefault("GOMP_SPINCOUNT", str(_SPINS))


def usable_cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
