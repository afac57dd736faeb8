"""Lets only those in who signed in: for every route, whoever serves it.

A browser signs in with a form and is known by its cookie; a program signs in at the same address
(``gradio_client`` does), or sends name and password with each request (``Authorization: Basic``).
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import math
import secrets
import time
from dataclasses import dataclass

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.records import Record
from assistant.web.markup import escape
from assistant.web.server.accounts import LONGEST_PASSWORD, Accounts
from assistant.web.server.throttle import Throttle

# How long a sign-in holds, in seconds.
_LASTS = 7 * 24 * 3_600.0
_MOST_SESSIONS = 10_000
# A check takes 16 MB and a core for a while.
_CHECKS_AT_ONCE = 2
_WRONG = "The name or the password is wrong."
_SIGN_IN_FIRST = "Sign in first: send a name and a password, or open the page in a browser."


@dataclass(frozen=True, slots=True)
class _Session(Record):
    name: str
    until: float


@dataclass(frozen=True, slots=True)
class _Denied(Record):
    reason: str
    status: int = 401
    wait: float = 0.0


class SignIn:
    """ASGI middleware; it puts the reader's name into the scope as ``reader``.

    Args:
        app: what only readers reach.
        accounts: who may sign in.
        throttle: slows down those who try passwords.
    """

    def __init__(self, app: ASGIApp, accounts: Accounts, throttle: Throttle | None = None) -> None:
        self._app = app
        self._accounts = accounts
        self._throttle = throttle or Throttle()
        self._checks = asyncio.Semaphore(_CHECKS_AT_ONCE)
        self._sessions: dict[bytes, _Session] = {}
        # Servers on other ports of this machine get the same cookies.
        self._cookie = f"assistant_{secrets.token_hex(4)}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        response = await self._response(request)
        if response is not None:
            await response(scope, receive, send)
        else:
            await self._app(scope, receive, _unkept(send))

    async def _response(self, request: Request) -> Response | None:
        """What is answered here; None where a reader goes on to the page."""
        path, method = request.scope["path"].rstrip("/"), request.method
        if (path, method) == ("/login", "POST"):
            return await self._sign_in(request)
        known = self._known(request) or await self._basic(request)
        if isinstance(known, _Denied):
            return _turned_away(request, known)
        if (path, method) == ("/logout", "POST"):
            return self._sign_out(request)
        if path in ("/login", "/logout"):
            return RedirectResponse("/", 303)
        request.scope["reader"] = known
        return None

    async def _sign_in(self, request: Request) -> Response:
        try:
            form = await request.form(max_files=0, max_fields=5)
        except HTTPException:
            return _turned_away(request, _Denied(_WRONG, 400))
        name, password = (str(form.get(field, "")) for field in ("username", "password"))
        name = name.strip()
        denied = await self._check(request, name, password)
        if denied is not None:
            return _turned_away(request, denied, name)
        token = secrets.token_urlsafe(32)
        self._begin(_digest("cookie", token), name)
        response = RedirectResponse("/", 303) if _is_browser(request) else _success()
        secure = "https" in (request.scope["scheme"], request.headers.get("x-forwarded-proto"))
        response.set_cookie(self._cookie, token, httponly=True, samesite="lax", secure=secure)
        return response

    def _sign_out(self, request: Request) -> Response:
        self._sessions.pop(self._cookie_digest(request), None)
        response = RedirectResponse("/", 303)
        response.delete_cookie(self._cookie)
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response

    def _known(self, request: Request) -> str | None:
        for digest in (self._cookie_digest(request), _basic_digest(request)):
            session = self._sessions.get(digest)
            if session is not None and session.until > time.monotonic():
                return session.name
        return None

    async def _basic(self, request: Request) -> str | _Denied:
        kind, _, encoded = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "basic":
            return _Denied(_SIGN_IN_FIRST)
        try:
            given = base64.b64decode(encoded, validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            return _Denied(_WRONG)
        name, _, password = given.partition(":")
        denied = await self._check(request, name, password)
        if denied is not None:
            return denied
        self._begin(_basic_digest(request), name)
        return name

    async def _check(self, request: Request, name: str, password: str) -> _Denied | None:
        address = request.client.host if request.client else ""
        wait = self._throttle.begin(name, address)
        if wait > 0:
            seconds = math.ceil(wait)
            told = f"Too many wrong passwords. Try again in {seconds} seconds."
            return _Denied(told, 429, seconds)
        async with self._checks:
            right = await asyncio.to_thread(
                self._accounts.check, name, password[: LONGEST_PASSWORD + 1]
            )
        if not right:
            return _Denied(_WRONG)
        self._throttle.succeed(name, address)
        return None

    def _begin(self, digest: bytes, name: str) -> None:
        now = time.monotonic()
        over = [key for key, session in self._sessions.items() if session.until <= now]
        if len(self._sessions) - len(over) >= _MOST_SESSIONS:
            over.append(next(iter(self._sessions)))
        for key in over:
            self._sessions.pop(key, None)
        self._sessions[digest] = _Session(name, now + _LASTS)

    def _cookie_digest(self, request: Request) -> bytes:
        return _digest("cookie", request.cookies.get(self._cookie, ""))


def sign_out_form(name: str) -> str:
    """Who is signed in, and a button that ends it."""
    return (
        '<form class="sign-out" method="post" action="/logout"><span>'
        f'<span class="visually-hidden">Signed in as </span>{escape(name)}</span>'
        '<button type="submit">Sign out</button></form>'
    )


def _basic_digest(request: Request) -> bytes:
    return _digest("basic", request.headers.get("authorization", ""))


def _digest(kind: str, secret: str) -> bytes:
    """What a session is found by: looking it up then tells nothing of the secret, by its time."""
    return hashlib.sha256(f"{kind} {secret}".encode("utf-8", "surrogatepass")).digest()


def _is_browser(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")


def _success() -> Response:
    return JSONResponse({"success": True})


def _turned_away(request: Request, denied: _Denied, name: str = "") -> Response:
    headers = {"Cache-Control": "no-store"}
    if denied.wait:
        headers["Retry-After"] = str(int(denied.wait))
    if not _is_browser(request):
        return JSONResponse({"detail": denied.reason}, denied.status, headers)
    told = "" if denied.reason == _SIGN_IN_FIRST else denied.reason
    return HTMLResponse(_page(told, name), denied.status, headers)


def _unkept(send: Send) -> Send:
    """No page is kept by the browser, where the next reader could turn back to it."""

    async def sender(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            if headers.get("content-type", "").startswith("text/html"):
                headers["Cache-Control"] = "no-store"
        await send(message)

    return sender


def _page(problem: str, name: str) -> str:
    told = f'<p class="problem" role="alert">{escape(problem)}</p>' if problem else ""
    on_name, on_password = ("", " autofocus") if name else (" autofocus", "")
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<title>Sign in · Article Assistant</title><link rel="icon" href="data:,">'
        f"<style>{_STYLE}</style></head><body><main><h1>Article Assistant</h1>{told}"
        '<form method="post" action="/login"><label for="username">Name</label>'
        f'<input id="username" name="username" value="{escape(name)}" autocomplete="username" '
        f'autocapitalize="none" spellcheck="false" required{on_name}>'
        '<label for="password">Password</label><input id="password" name="password" '
        f'type="password" autocomplete="current-password" required{on_password}>'
        "<button>Sign in</button></form></main></body></html>"
    )


_STYLE = """
:root { color-scheme: light dark; --paper: #faf9f6; --card: #fff; --ink: #211f1c;
  --edge: #8a847b; --tint: #0f766e; --on-tint: #fff; --bad: #a52a20; }
@media (prefers-color-scheme: dark) { :root { --paper: #171613; --card: #1f1e1a; --ink: #ebe7df;
  --edge: #8a847b; --tint: #5ec4b6; --on-tint: #0d1f1c; --bad: #f39a90; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem;
  background: var(--paper); color: var(--ink);
  font: 1rem/1.5 ui-sans-serif, system-ui, sans-serif; }
main { width: min(22rem, 100%); padding: 2rem; border-radius: 1rem; background: var(--card);
  box-shadow: 0 1px 3px #0003, 0 8px 24px #0001; }
h1 { margin: 0 0 1.25rem; font-size: 1.25rem; }
form { display: grid; gap: .375rem; }
input { font: inherit; color: inherit; background: transparent; width: 100%;
  padding: .625rem .75rem; margin-bottom: .75rem;
  border: 1px solid var(--edge); border-radius: .5rem; }
button { font: inherit; font-weight: 600; padding: .625rem; border: 0; border-radius: .5rem;
  background: var(--tint); color: var(--on-tint); cursor: pointer; }
:focus-visible { outline: 3px solid var(--tint); outline-offset: 2px; }
.problem { margin: 0 0 1rem; color: var(--bad); }
"""
