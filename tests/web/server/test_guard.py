from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio.utils
import httpx
import pytest
from fastapi.testclient import TestClient
from gradio.routes import App
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers
from starlette.types import Message

from assistant.web.app import application
from assistant.web.server import guard
from assistant.web.server.guard import (
    LARGEST_BODY,
    LARGEST_UPLOAD,
    Guard,
    own_names,
    refusal,
    unwelcome,
)
from tests.web.conftest import finished, serving
from tests.web.fake_assistant import FakeAssistant, stand_in

NAMES = own_names("127.0.0.1")
HOST = "127.0.0.1:7860"
JOIN = "/gradio_api/queue/join"


def status(method: str = "GET", path: str = "/", **headers: str) -> int:
    """What a request is answered; 200 where it is let in."""
    given = Headers({name.replace("_", "-"): value for name, value in headers.items()})
    refused = refusal(method, path, given, NAMES)
    return refused.status if refused else 200


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1:7860", "127.0.0.1", "localhost:7860", "LOCALHOST", "localhost.", "[::1]:7860"],
)
def test_the_server_goes_by_its_own_names(host: str) -> None:
    assert status(host=host) == 200


@pytest.mark.parametrize(
    "host",
    ["", "evil.test", "evil.test:7860", "localhost.evil.test", "127.0.0.1.evil.test:7860",
     "evil.test:80:7860", "127.0.0.1@evil.test", "[::1].evil.test", "localhost:7860.evil.test"],
)  # fmt: skip
def test_a_foreign_name_is_refused(host: str) -> None:
    assert status(host=host) == 403


def test_where_readers_sign_in_a_proxy_may_have_any_name() -> None:
    assert refusal("GET", "/", Headers({"host": "articles.test"}), None) is None


def test_a_machine_goes_by_its_own_name_as_well() -> None:
    names = own_names("0.0.0.0")  # noqa: S104
    assert refusal("GET", "/", Headers({"host": f"{socket.gethostname()}:80"}), names) is None
    assert refusal("GET", "/", Headers({"host": "evil.test"}), names) is not None


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "GET", "OPTIONS"])
@pytest.mark.parametrize(
    "origin",
    ["http://evil.test", "http://127.0.0.1:3000", "http://localhost:7860", "null", "",
     "http://127.0.0.1:7860.evil.test", "http://evil.test#://127.0.0.1:7860"],
)  # fmt: skip
def test_no_page_of_another_origin_may_call(method: str, origin: str) -> None:
    assert status(method, host=HOST, origin=origin) == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site", "anything"])
@pytest.mark.parametrize("mode", ["no-cors", "cors", "same-origin", "websocket"])
def test_no_page_of_another_site_may_call(site: str, mode: str) -> None:
    for method in ("GET", "POST"):
        assert status(method, host=HOST, sec_fetch_site=site, sec_fetch_mode=mode) == 403


def test_a_link_may_open_the_page_but_no_frame_and_no_form() -> None:
    link = {"host": HOST, "sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate"}
    assert status(**link, sec_fetch_dest="document") == 200
    assert status(**link, sec_fetch_dest="iframe") == 403
    assert status("POST", **link, sec_fetch_dest="document") == 403


def test_the_page_itself_and_programs_may_call() -> None:
    own = {"host": HOST, "origin": f"http://{HOST}", "sec_fetch_site": "same-origin"}
    assert status("POST", JOIN, **own) == 200
    assert status("POST", JOIN, host=HOST) == 200
    assert status("GET", host=HOST, sec_fetch_site="none") == 200


@pytest.mark.parametrize(
    "path",
    ["/gradio_api/file=http://outside.test/", "/gradio_api/file=HTTP://outside.test/a",
     "/gradio_api/file/http://outside.test/", "/gradio_api/proxy=http://outside.test/",
     "/gradio_api/vibe-edit", "/gradio_api/vibe-code/", "/gradio_api/component_server",
     "/gradio_api/process_recording", "/gradio_api/deep_link", "/gradio_api/runs",
     "/gradio_api/dev/reload", "/gradio_api/custom_component/x/client/y/z", "/monitoring",
     "/monitoring/summary", "/svelte/x", "/manifest.json", "//gradio_api/proxy=x",
     "/gradio_api//proxy=http://outside.test/", "/gradio_api/"],
)  # fmt: skip
def test_what_the_page_does_not_need_of_gradio_is_closed(path: str) -> None:
    assert status(path=path, host=HOST) == 404
    assert status("POST", path=path, host=HOST) == 404


@pytest.mark.parametrize("path", ["/", "/runs/x/report.html", "/theme.css", JOIN, "/assets/a.js"])
def test_what_the_page_needs_is_open(path: str) -> None:
    assert status(path=path, host=HOST) == 200


@pytest.mark.parametrize("length", ["-1", "1e3", str(LARGEST_BODY + 1), "9" * 5000, "²"])
def test_an_announced_body_that_is_too_large_is_refused_unread(length: str) -> None:
    assert status("POST", JOIN, host=HOST, content_length=length) == 413


def test_uploads_may_be_larger_than_other_bodies() -> None:
    path = "/gradio_api/upload"
    assert status("POST", path, host=HOST, content_length=str(LARGEST_UPLOAD)) == 200
    assert status("POST", path, host=HOST, content_length=str(LARGEST_UPLOAD + 1)) == 413


def file_object(path: object, meta: object = None) -> dict[str, Any]:
    return {"path": path, "meta": meta or {"_type": "gradio.FileData"}}


def refused_body(value: object) -> bool:
    return unwelcome(JOIN, json.dumps(value).encode()) is not None


@pytest.mark.parametrize(
    "path",
    ["http://outside.test/", "https://outside.test/", "/etc/passwd", "etc/passwd", "", "a\0b",
     "~/.ssh/id_rsa", f"{gradio.utils.get_upload_folder()}/../secret",
     f"http://../../../../../..{gradio.utils.get_upload_folder()}/a", "x" * 5000],
)  # fmt: skip
def test_a_file_that_nobody_uploaded_cannot_be_named(path: str) -> None:
    assert refused_body(file_object(path))


def test_an_uploaded_file_can_be_named() -> None:
    assert not refused_body({"data": [[file_object(f"{gradio.utils.get_upload_folder()}/ab/a")]]})


nested = st.recursive(
    st.just(file_object("http://outside.test/")),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3)
        | st.dictionaries(st.text(max_size=5), inner, min_size=1, max_size=3)
        | inner.map(lambda value: file_object("/x", value))
    ),
)


@given(nested)
def test_a_file_is_found_wherever_it_hides(value: object) -> None:
    assert refused_body(value)
    assert refused_body({"data": [1, "text", None, value]})


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_every_body_is_judged(body: bytes) -> None:
    refused = unwelcome(JOIN, body)
    try:
        json.loads(body or b"0")
    except ValueError:
        assert refused is not None
        assert refused.status == 400


def test_a_body_that_is_nested_too_deeply_is_refused() -> None:
    for depth in (900, 100_000):
        refused = unwelcome(JOIN, b"[" * depth + b"]" * depth)
        assert refused is None or refused.status == 400
    assert unwelcome(JOIN, b"[" * 100_000 + b"]" * 100_000) is not None


def test_escapes_hide_nothing() -> None:
    body = (
        rb'[{"pa\u0074h": "h\u0074tp://outside.test", "me\u0074a": {"_type": "gradio.FileData"}}]'
    )
    assert unwelcome(JOIN, body) is not None


async def _through_guard(messages: list[Message], path: str) -> tuple[list[Message], list[bytes]]:
    """What a guarded application sends when it reads a body that comes in these messages."""
    sent: list[Message] = []
    read: list[bytes] = []
    waiting = iter(messages)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        while True:
            message = await receive()
            read.append(message["body"])
            if not message["more_body"]:
                break
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive() -> Message:
        return next(waiting)

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "POST", "path": path,
        "headers": [(b"host", HOST.encode()), (b"x-forwarded-host", b"evil.test")],
    }  # fmt: skip
    await Guard(app, NAMES)(scope, receive, send)
    return sent, read


def pieces(count: int) -> list[Message]:
    piece = b" " * 1024**2
    return [
        {"type": "http.request", "body": piece, "more_body": n < count} for n in range(count + 1)
    ]


def test_a_body_that_never_ends_is_cut_off() -> None:
    sent, read = finished(_through_guard(pieces(100), "/somewhere"))
    assert sent[0]["status"] == 413
    assert b"may not be larger than 8 MB" in sent[1]["body"]
    assert read == []


def test_a_body_arrives_whole() -> None:
    sent, read = finished(_through_guard(pieces(3), "/somewhere"))
    assert sent[0]["status"] == 200
    assert len(b"".join(read)) == 4 * 1024**2
    names = {name for name, _ in sent[0]["headers"]}
    assert b"content-security-policy" in names


def test_a_websocket_is_closed() -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def never(*_: Any) -> Any:
        raise AssertionError("the application was reached")

    finished(Guard(never, NAMES)({"type": "websocket"}, never, send))
    assert sent == [{"type": "websocket.close", "code": 1008}]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with (
        serving(stand_in(FakeAssistant(tmp_path_factory.mktemp("library")))) as address,
        httpx.Client(base_url=address, trust_env=False, timeout=20) as client,
    ):
        yield client


def test_the_bait_would_notice(bait: tuple[str, list[bytes]]) -> None:
    place, asked = bait
    with pytest.raises(httpx.HTTPError):
        httpx.get(f"http://{place}/", trust_env=False, timeout=5)
    assert asked


def test_no_request_makes_the_server_ask_another(
    page: httpx.Client, bait: tuple[str, list[bytes]]
) -> None:
    place, asked = bait
    url = f"http://{place}/picture.png"
    stray = {**file_object(url), "url": url, "orig_name": "a.txt"}
    for function in range(len(page.get("/config").json()["dependencies"])):
        call = {"data": [stray] * 3, "fn_index": function, "session_hash": "thief"}
        assert page.post(JOIN, json=call).status_code == 403
        assert page.post("/gradio_api/run/predict", json=call).status_code == 403
    for name in ("ask", "search", "read_article"):
        assert page.post(f"/gradio_api/call/{name}", json={"data": [stray]}).status_code == 403
        v2 = {"question": stray, "query": stray, "article_id": stray}
        assert page.post(f"/gradio_api/call/v2/{name}", json=v2).status_code == 403
    for route in (f"file={url}", f"file/{url}", f"proxy={url}", f"stream/{url}"):
        for method in ("GET", "HEAD"):
            assert page.request(method, f"/gradio_api/{route}").status_code == 404
    body = {"session_hash": "s", "component_id": 1, "fn_name": "download", "data": stray}
    assert page.post("/gradio_api/component_server", json=body).status_code == 404
    for header in ("x-forwarded-host", "x-gradio-server"):
        sent = place if header == "x-forwarded-host" else f"http://{place}"
        assert place not in page.get("/config", headers={header: sent}).text
    assert asked == []


def test_no_request_makes_the_server_read_a_file_of_its_own(page: httpx.Client) -> None:
    file = {**file_object("/etc/hostname"), "orig_name": "a.txt"}
    for function in range(len(page.get("/config").json()["dependencies"])):
        call = {"data": [[file]], "fn_index": function, "session_hash": "thief"}
        assert page.post(JOIN, json=call).status_code == 403
    assert page.get("/gradio_api/file=/etc/hostname").status_code == 403


def test_gradio_refuses_such_a_file_as_well(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The page without its guard: what Gradio checks only once it counts as launched."""
    server = application(stand_in(FakeAssistant(tmp_path)))
    (gradio_app,) = [r.app for r in server.routes if isinstance(getattr(r, "app", None), App)]
    call = {"data": [file_object("/etc/hostname"), *[None] * 6], "fn_index": None}
    answer = TestClient(gradio_app).post("/gradio_api/run/ask", json=call)
    assert answer.status_code == 500
    assert "it was not uploaded by a user" in capfd.readouterr().err


def test_every_answer_carries_the_headers(page: httpx.Client) -> None:
    for path in ("/", "/config", "/theme.css", "/runs/none/report.html", "/nothing", "/monitoring"):
        headers = page.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "SAMEORIGIN"
        assert headers["referrer-policy"] in ("same-origin", "no-referrer")
        policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
        for kind in "connect-src font-src frame-src form-action base-uri frame-ancestors".split():
            assert policy[kind] == "'self'"
        assert policy["default-src"] == "'none'"
        assert policy["img-src"] == "'self' data:"


def test_no_other_site_is_told_that_it_may_read(page: httpx.Client) -> None:
    answer = page.get("/config", headers={"origin": "http://evil.test"})
    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers


def test_an_upload_that_is_too_large_is_refused_in_one_sentence_and_leaves_nothing(
    page: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "LARGEST_UPLOAD", 100_000)
    folder = Path(gradio.utils.get_upload_folder())
    before = set(folder.glob("*")) if folder.exists() else set()

    def endless() -> Iterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.txt"\r\n\r\n'
        for _ in range(200):
            yield b"a" * 1000

    answer = page.post(
        "/gradio_api/upload",
        content=endless(),
        headers={"content-type": "multipart/form-data; boundary=x"},
    )
    assert answer.status_code == 413
    assert "maximum allowed size" in answer.text
    assert set(folder.glob("*")) <= before
