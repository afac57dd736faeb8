from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AuthenticationError

from assistant.errors import UsageError
from assistant.web import app
from assistant.web.server.accounts import Accounts, keep_password, read_accounts
from assistant.web.server.listening import is_loopback, listen
from tests.web.conftest import serving
from tests.web.fake_assistant import FakeAssistant, stand_in

RIGHT = {"username": "Ada", "password": "correct horse"}
BROWSER = {"accept": "text/html,application/xhtml+xml"}


@pytest.fixture(scope="module")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> Accounts:
    file = tmp_path_factory.mktemp("readers") / "readers.txt"
    keep_password(file, "Ada", "correct horse")
    keep_password(file, "Bob <b>", "battery staple")
    return read_accounts(file)


@pytest.fixture
def address(accounts: Accounts, tmp_path: Path) -> Iterator[str]:
    with serving(stand_in(FakeAssistant(tmp_path)), accounts=accounts) as address:
        yield address


@pytest.fixture
def page(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, trust_env=False, timeout=30) as client:
        yield client


@pytest.mark.parametrize(
    "path",
    ["/", "/config", "/runs/x/report.html", "/gradio_api/info", "/gradio_api/heartbeat/x",
     "/gradio_api/queue/data?session_hash=x", "/theme.css", "/gradio_api/file=/etc/passwd",
     "/nothing", "/logout", "/login", "/gradio_api/login_check", "//", "/Config"],
)  # fmt: skip
def test_nothing_is_shown_to_those_who_did_not_sign_in(page: httpx.Client, path: str) -> None:
    assert page.get(path).status_code == 401
    assert page.post(path, json={}).status_code in (400, 401)
    assert page.get(path, headers={"cookie": "assistant_x=y; access-token-z=1"}).status_code == 401
    assert page.get(path, headers={"authorization": "Bearer x"}).status_code == 401
    assert page.get(path, headers={"authorization": "Basic ?"}).status_code == 401


def test_a_reader_signs_in_by_the_form_and_out_again(page: httpx.Client) -> None:
    form = page.get("/", headers=BROWSER)
    assert 'action="/login"' in form.text
    assert form.headers["cache-control"] == "no-store"
    assert form.headers["x-frame-options"] == "SAMEORIGIN"
    entered = page.post("/login", data=RIGHT, headers=BROWSER)
    assert (entered.status_code, entered.headers["location"]) == (303, "/")
    cookie = entered.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert page.get("/config").json()["username"] == "Ada"
    assert page.get("/").headers["cache-control"] == "no-store"
    assert page.get("/gradio_api/user").json() == "Ada"
    kept = dict(page.cookies)
    assert page.get("/login", headers=BROWSER).headers["location"] == "/"
    left = page.post("/logout", headers=BROWSER)
    assert (left.status_code, left.headers["location"]) == (303, "/")
    assert page.get("/config").status_code == 401
    for name, value in kept.items():  # a cookie that somebody copied is of no use either
        assert page.get("/config", headers={"cookie": f"{name}={value}"}).status_code == 401


def test_a_cookie_stays_off_open_lines_where_the_line_is_secure(page: httpx.Client) -> None:
    for scheme, expected in (("https", True), ("http", False)):
        headers = {**BROWSER, "x-forwarded-proto": scheme}
        entered = page.post("/login", data=RIGHT, headers=headers)
        assert ("secure" in entered.headers["set-cookie"].lower()) is expected


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"username": "Ada", "password": "wrong"}, 401),
        ({"username": "nobody", "password": "correct horse"}, 401),
        ({"username": "<script>window.taken = 1</script>"}, 401),
        ({}, 401),
        ({"a": "1", "b": "2", "c": "3", "d": "4", "e": "5", "f": "6"}, 400),
    ],
)
def test_wrong_passwords_are_told_alike(
    page: httpx.Client, form: dict[str, str], status: int
) -> None:
    told = page.post("/login", data=form, headers=BROWSER)
    assert told.status_code == status
    assert "The name or the password is wrong." in told.text
    assert "<script" not in told.text
    assert not page.cookies


def test_another_website_cannot_sign_anyone_in_or_out(page: httpx.Client) -> None:
    for path in ("/login", "/logout"):
        headers = {**BROWSER, "origin": "http://evil.test"}
        assert page.post(path, data=RIGHT, headers=headers).status_code == 403


def test_wrong_passwords_slow_down_and_say_so(page: httpx.Client) -> None:
    wrong = {"username": "Ada", "password": "wrong"}
    answers = [page.post("/login", data=wrong) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 401, 429]
    assert answers[-1].headers["retry-after"] in ("1", "2")
    assert answers[-1].json()["detail"].startswith("Too many wrong passwords. Try again in")
    assert page.post("/login", data=RIGHT).status_code == 429
    assert page.get("/config", auth=("Ada", "correct horse")).status_code == 429
    time.sleep(2.1)
    assert page.post("/login", data=RIGHT).status_code == 200


def test_readers_behind_a_proxy_on_this_machine_are_slowed_down_apart(page: httpx.Client) -> None:
    wrong = {"username": "Ada", "password": "wrong"}
    one, other = ({"x-forwarded-for": f"203.0.113.{n}"} for n in (1, 2))
    tries = (page.post("/login", data=wrong, headers=one).status_code for _ in range(20))
    assert 429 in tries
    assert page.post("/login", data=wrong, headers=other).status_code == 401
    assert page.post("/login", data=RIGHT, headers=other).status_code == 200


def test_checking_passwords_does_not_hold_up_the_page(page: httpx.Client) -> None:
    page.post("/login", data=RIGHT)
    stop = threading.Event()
    with ThreadPoolExecutor(8) as pool:
        tries = [
            pool.submit(page.post, "/login", data={"username": f"n{n}", "password": "wrong pass"})
            for n in range(12)
        ]
        slowest = 0.0
        while not stop.is_set():
            began = time.monotonic()
            assert page.get("/gradio_api/app_id").status_code == 200
            slowest = max(slowest, time.monotonic() - began)
            if all(attempt.done() for attempt in tries):
                stop.set()
    spent = sum(attempt.result().elapsed.total_seconds() for attempt in tries)
    assert slowest < spent / 2


def test_a_program_signs_in_with_each_request(page: httpx.Client) -> None:
    began = time.monotonic()
    assert page.get("/config", auth=("Bob <b>", "battery staple")).json()["username"] == "Bob <b>"
    first = time.monotonic() - began
    began = time.monotonic()
    for _ in range(5):
        assert page.get("/gradio_api/user", auth=("Bob <b>", "battery staple")).json() == "Bob <b>"
    assert (time.monotonic() - began) / 5 < first
    assert page.get("/config", auth=("Bob <b>", "battery stapl")).status_code == 401
    assert page.get("/config").status_code == 401


def test_the_gradio_client_signs_in(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADIO_ANALYTICS_ENABLED", "False")
    with pytest.raises(AuthenticationError):
        Client(address, auth=("Ada", "wrong"), verbose=False)
    client = Client(address, auth=("Ada", "correct horse"), verbose=False)
    answer = client.predict("How often do the ferries leave?", api_name="/ask")
    assert answer["text"].startswith("The ferries leave twice a day")
    client.close()


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])  # noqa: S104
def test_others_come_in_only_when_they_sign_in_or_everyone_may(tmp_path: Path, host: str) -> None:
    with pytest.raises(UsageError, match=f"Everyone who can reach {host}") as caught:
        app.serve(stand_in(FakeAssistant(tmp_path)), host, 0)
    assert "--auth" in caught.value.hint
    assert "--open-to-everyone" in caught.value.hint


def test_this_machine_alone_needs_no_sign_in() -> None:
    for host in ("127.0.0.1", "localhost", "127.0.0.2"):
        with listen(host, 0) as listener:
            assert is_loopback(listener)
