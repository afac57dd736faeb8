"""Stands before the whole page: who may call it, from where, with what, and what comes back.

Plain ASGI around everything that is served, whoever serves it. It lets no other website write or
ask, no foreign name stand for this machine, no body through that is too large or that would make
Gradio fetch something, and it tells every browser what the page may load.
"""

from __future__ import annotations

import ipaddress
import json
import socket
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gradio.utils import get_upload_folder, is_in_or_equal
from starlette.datastructures import Headers, MutableHeaders
from starlette.formparsers import MultiPartException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.records import Record

LARGEST_BODY = 8 * 1024**2
LARGEST_UPLOAD = 1024**3

_API = "/gradio_api/"
_UPLOAD = f"{_API}upload"
_BODY_TOO_LARGE = f"A request may not be larger than {LARGEST_BODY // 1024**2} MB."
# Gradio answers 413, and removes what it has of the files, where "maximum allowed size" is said.
_UPLOAD_TOO_LARGE = (
    f"The files are larger than {LARGEST_UPLOAD // 1024**2} MB together, the maximum allowed size. "
    "Add them in smaller lots."
)
# What the page and programs use of Gradio's own routes. The others fetch what an address names,
# run other programs, or are for apps that are not this one.
_OPEN_ROUTES = frozenset(
    "api app_id call cancel heartbeat info login_check mcp queue reset run startup-events upload "
    "upload_progress user".split()
)
_CLOSED_PAGES = frozenset("dev manifest.json monitoring pwa_icon svelte".split())
# Gradio would take its own address from these, which anyone can send.
_DROPPED = frozenset({b"x-forwarded-host", b"x-gradio-server"})
# Gradio's page begins with inline scripts, and makes functions from text.
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "font-src 'self'",
        "media-src 'self'",
        "frame-src 'self'",
        "form-action 'self'",
        "base-uri 'self'",
        "frame-ancestors 'self'",
    )
)
_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": _POLICY,
    "Cross-Origin-Resource-Policy": "same-origin",
    # "no-referrer" would hide the origin of our own forms as well
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
}


@dataclass(frozen=True, slots=True)
class Refusal(Record):
    """Why a request is not let in: an HTTP status, and one sentence."""

    status: int
    reason: str


class Guard:
    """ASGI middleware; see the module.

    Args:
        app: what is guarded.
        names: what the server is called, beside its addresses; None: anything, which is for
            servers only where readers sign in.
    """

    def __init__(self, app: ASGIApp, names: Collection[str] | None) -> None:
        self._app = app
        self._names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # the page has no WebSockets, and no other site may try
            await send({"type": "websocket.close", "code": 1008})
            return
        send = _with_headers(send)
        path, method, headers = scope["path"], scope["method"], Headers(scope=scope)
        problem = refusal(method, path, headers, self._names)
        if problem is None and method not in ("GET", "HEAD", "OPTIONS"):
            if path.rstrip("/") == _UPLOAD:
                receive = _counted(receive)
            else:
                body = await _whole(receive)
                receive = _again(body or b"", receive)
                problem = unwelcome(path, body)
        if problem is not None:
            await JSONResponse({"detail": problem.reason}, problem.status)(scope, receive, send)
            return
        kept = [(name, value) for name, value in scope["headers"] if name not in _DROPPED]
        await self._app({**scope, "headers": kept}, receive, send)


def own_names(host: str) -> frozenset[str]:
    """The names by which a server that listens on ``host`` can be called.

    A website can point a name of its own at any address, and its pages would then count as this
    server's (DNS rebinding). It cannot do so with a bare address, nor with these names.
    """
    machine = socket.gethostname().lower()
    return frozenset({"localhost", host.lower(), machine, f"{machine}.local"})


def refusal(
    method: str, path: str, headers: Mapping[str, str], names: Collection[str] | None
) -> Refusal | None:
    """Why a request is refused before its body is read; None where it is not."""
    host = headers.get("host", "")
    if names is not None and not _is_own(host, names):
        return Refusal(403, "The server has another name: open the address that it told.")
    if not _is_from_own_page(method, host, headers):
        return Refusal(403, "Another website may not call this server.")
    if _is_closed(path):
        return Refusal(404, "There is nothing here.")
    upload = path.rstrip("/") == _UPLOAD
    if not _fits(headers.get("content-length", "0"), LARGEST_UPLOAD if upload else LARGEST_BODY):
        return Refusal(413, _UPLOAD_TOO_LARGE if upload else _BODY_TOO_LARGE)
    return None


def unwelcome(path: str, body: bytes | None) -> Refusal | None:
    """Why a body is refused; None where it is not.

    Gradio looks for files anywhere in a call, and fetches those that are named by an address.

    Args:
        path: the request's path.
        body: None where it was larger than what is taken.
    """
    if body is None:
        return Refusal(413, _BODY_TOO_LARGE)
    if not path.startswith(_API) or not body:
        return None
    try:
        stray = any(not _is_uploaded(path) for path in _file_paths(json.loads(body)))
    except (ValueError, RecursionError, OSError):
        return Refusal(400, "The request is not JSON, or cannot be taken apart.")
    return Refusal(403, "Only files that were uploaded can be named.") if stray else None


def _fits(length: str, limit: int) -> bool:
    return length.isdecimal() and len(length) < 20 and int(length) <= limit


def _is_own(host: str, names: Collection[str]) -> bool:
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdecimal() else host
    try:
        ipaddress.ip_address(name.removeprefix("[").removesuffix("]"))
    except ValueError:
        return name.lower().removesuffix(".") in names
    return True


def _is_from_own_page(method: str, host: str, headers: Mapping[str, str]) -> bool:
    """Whether a browser shows that its request comes from a page of this server; programs other
    than browsers say nothing of that, and hold nobody's sign-in either.

    A link from elsewhere may open a page here, and nothing else.
    """
    origin, site = headers.get("origin"), headers.get("sec-fetch-site", "none")
    if origin is not None and origin.partition("://")[2].lower() != host.lower():
        return False
    opened = (
        method == "GET"
        and headers.get("sec-fetch-mode") == "navigate"
        and headers.get("sec-fetch-dest") == "document"
    )
    return site in ("same-origin", "none") or opened


def _is_closed(path: str) -> bool:
    first, _, rest = path.lstrip("/").partition("/")
    if first != _API.strip("/"):
        return first in _CLOSED_PAGES
    route = rest.partition("/")[0]
    if route.startswith("file="):  # a file of this machine, never one of another
        return "://" in rest
    return route not in _OPEN_ROUTES


def _is_uploaded(path: str) -> bool:
    return "://" not in path and "\0" not in path and is_in_or_equal(path, get_upload_folder())


def _file_paths(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("path"), str) and "meta" in value:
            yield value["path"]
        for item in value.values():
            yield from _file_paths(item)
    elif isinstance(value, list):
        for item in value:
            yield from _file_paths(item)


def _with_headers(send: Send) -> Send:
    async def sender(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return sender


async def _whole(receive: Receive) -> bytes | None:
    """The request's body; None where it is too large. It ends where the caller leaves."""
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > LARGEST_BODY:
            return None
        if not message.get("more_body", False):
            return bytes(body)


def _again(body: bytes, receive: Receive) -> Receive:
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def receiver() -> Message:
        return waiting.pop() if waiting else await receive()

    return receiver


def _counted(receive: Receive) -> Receive:
    taken = 0

    async def receiver() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > LARGEST_UPLOAD:
            raise MultiPartException(_UPLOAD_TOO_LARGE)
        return message

    return receiver
