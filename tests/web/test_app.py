from __future__ import annotations

import errno
import socket
from pathlib import Path

import httpx
import pytest
from fastapi.testclient import TestClient

from assistant.errors import UsageError
from assistant.web import app
from assistant.web.server import listening
from tests.web.conftest import serving
from tests.web.fake_assistant import FakeAssistant, stand_in
from tests.web.served import program


@pytest.fixture
def assistant(tmp_path: Path) -> FakeAssistant:
    return FakeAssistant(tmp_path)


def test_a_taken_port_is_told_before_anything_is_built(assistant: FakeAssistant) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=f"Port {port} on 127.0.0.1 is taken") as caught:
            app.serve(stand_in(assistant), "127.0.0.1", port)
    assert f"--port {port + 1}" in caught.value.hint


def test_an_address_of_another_machine_is_told() -> None:
    error = listening.refused("203.0.113.9", 7860, OSError(errno.EADDRNOTAVAIL, "Not one of ours"))
    assert error.message == "The page cannot listen on 203.0.113.9, port 7860: Not one of ours."
    assert "127.0.0.1" in error.hint


def test_a_host_that_cannot_be_is_told(assistant: FakeAssistant) -> None:
    with pytest.raises(UsageError, match="cannot be used"):
        app.serve(stand_in(assistant), "localhost", -1)


@pytest.mark.parametrize(
    ("host", "start"),
    [("127.0.0.1", "http://127.0.0.1:"), ("0.0.0.0", "http://127.0.0.1:")],  # noqa: S104
)
def test_the_address_can_be_opened_wherever_the_page_listens(host: str, start: str) -> None:
    with listening.listen(host, 0) as listener:
        assert listening.address_of(listener).startswith(start)


def test_every_style_and_script_goes_into_the_page() -> None:
    files = [path for path in app._STATIC.iterdir() if path.suffix in (".css", ".js")]
    head = app._head()
    assert len(files) > 10
    assert [path.name for path in files if path.read_text(encoding="utf-8") not in head] == []


@pytest.mark.slow
def test_the_page_can_be_opened_once_it_is_announced_and_ends_quietly(tmp_path: Path) -> None:
    with program(tmp_path) as address:
        assert "Article Assistant" in httpx.get(address, trust_env=False, timeout=60).text


def test_uploads_that_nobody_made_use_of_are_gone_in_the_end(assistant: FakeAssistant) -> None:
    with serving(stand_in(assistant)) as address:
        sent = httpx.post(
            f"{address}gradio_api/upload",
            files={"files": ("page.txt", f"Left by {assistant.folder}")},
            trust_env=False,
            timeout=60,
        )
        (path,) = sent.json()
        assert Path(path).exists()
    assert not Path(path).exists()


def test_the_first_view_names_no_font_script_or_style_of_another_site(
    assistant: FakeAssistant,
) -> None:
    with TestClient(app.application(stand_in(assistant)), base_url="http://127.0.0.1") as client:
        page = client.get("/").text
        theme = client.get("/theme.css").text
        icon = client.get("/favicon.ico")
    assert "fonts.googleapis" not in page + theme
    assert "@import" not in theme
    assert "url(http" not in theme
    assert icon.headers["content-type"].startswith("image/svg")
