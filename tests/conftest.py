"""What holds for every test: no user folder is touched, no other machine is reached."""

from __future__ import annotations

import ipaddress
import os
import shutil
import socket
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

# A test machine stalls now and then; only the time of whole runs is looked at.
settings.register_profile("tests", settings.default, deadline=None)
settings.load_profile("tests")

_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session", autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Settings, libraries and prepared models of the tests lie in a folder of their own."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("CONFIG", "DATA", "CACHE", "STATE"):
            patch.setenv(f"XDG_{name}_HOME", str(tmp_path_factory.mktemp(name.lower())))
        for name in [name for name in os.environ if name.startswith("ASSISTANT_")]:
            patch.delenv(name)
        yield


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skips the browser's tests where there is none, and says what installs one."""
    if any(map(shutil.which, _CHROMIUM)):
        return
    reason = "no Chromium; on Debian: sudo apt-get install chromium chromium-driver"
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason=reason))


def _stay_here(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.getaddrinfo":
        _check_host(arguments[0])
    elif event == "socket.connect" and isinstance(arguments[1], tuple):
        _check_host(arguments[1][0])


def _check_host(host: Any) -> None:
    name = host.decode() if isinstance(host, bytes) else host
    if name in (None, "", "localhost", socket.gethostname()):
        return
    try:
        here = ipaddress.ip_address(name)
    except ValueError:
        here = None
    if here is None or not (here.is_loopback or here.is_unspecified):
        raise RuntimeError(f"a test wanted to reach {name}; no test needs the network")


sys.addaudithook(_stay_here)
