"""The page: puts the chat, the library and the measuring together, and serves them.

The page makes no request to anywhere but its own server: system fonts, no analytics, its own
script and style from ``static/``.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import socket
import threading
import webbrowser
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import fastapi
import gradio as gr
import uvicorn
from gradio.routes import App
from starlette.routing import Mount

from assistant.errors import AssistantError, UsageError
from assistant.settings import data_folder
from assistant.web.articles import article_routes
from assistant.web.chat import Chat
from assistant.web.library import Shelf
from assistant.web.measure import Measure
from assistant.web.measuring import Measuring
from assistant.web.runs import report_routes
from assistant.web.widgets import html

if TYPE_CHECKING:
    from assistant.answering.assistant import Assistant

_STATIC = Path(__file__).parent / "static"
_HEAD = (
    '<header class="masthead"><svg aria-hidden="true" viewBox="0 0 32 32">'
    '<rect x="4" y="3" width="24" height="26" rx="5"/><path d="M10 11h12M10 16h12M10 21h7"/></svg>'
    "<h1>Article Assistant</h1></header>"
)
_FONTS = ("ui-sans-serif", "system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif")
_MONO = ("ui-monospace", "SFMono-Regular", "Consolas", "monospace")
# How long open pages may hold up the end of the server.
_GRACE_SECONDS = 1
_ANNOUNCE = partial(print, flush=True)


def build(assistant: Assistant, measuring: Measuring) -> gr.Blocks:
    """The page as Gradio blocks; :func:`serve` adds its style and script.

    Args:
        assistant: answers the questions and holds the library.
        measuring: measures it.

    Raises:
        AssistantError: the user's data folder cannot be written to.
    """
    blocks: gr.Blocks = gr.Blocks(title="Article Assistant", analytics_enabled=False)
    with blocks:
        with gr.Row(elem_id="head"):
            gr.HTML(_HEAD, apply_default_css=False, js_on_load=None)
            summary = html("summary")
        with gr.Tabs(elem_id="tabs") as tabs:
            with gr.Tab("Ask", id="ask") as ask_tab:
                chat = Chat(assistant, data_folder())
            with gr.Tab("Library", id="library") as library_tab:
                shelf = Shelf(assistant, summary)
            with gr.Tab("Measure", id="measure") as measure_tab:
                measure = Measure(assistant, measuring)
        chat.connect(blocks, tabs, ask_tab)
        shelf.connect(blocks, library_tab)
        measure.connect(measure_tab)
    return blocks


def serve(
    assistant: Assistant,
    host: str = "127.0.0.1",
    port: int = 7860,
    open_browser: bool = False,
    announce: Callable[[str], object] = _ANNOUNCE,
) -> None:
    """Serves the page until it is interrupted (Ctrl+C).

    Args:
        assistant: answers the questions and holds the library.
        host: address to listen on; the default can be reached from this machine only.
        port: port to listen on; 0 takes any free one.
        open_browser: whether to show the page in the reader's browser once it is up.
        announce: told the page's address once it can be opened.

    Raises:
        UsageError: the port is taken, or the address is none of this machine.
        AssistantError: the user's data folder cannot be written to.
    """
    with _listen(host, port) as listener:
        address = _address(listener)

        def ready() -> None:
            # The first question need not wait for what can be loaded meanwhile.
            threading.Thread(target=_load_models, args=(assistant,), daemon=True).start()
            announce(f"The page is at {address} (Ctrl+C ends it)")
            if open_browser:
                # Some browsers run inside the terminal, and would hold up the server.
                threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()

        server = _Server(application(assistant), ready)
        try:
            server.run(sockets=[listener])
        except KeyboardInterrupt:
            return  # uvicorn has shut down in order, and raises the signal again


def _load_models(assistant: Assistant) -> None:
    with contextlib.suppress(AssistantError):  # whoever asks first is told of it
        assistant.load_models()


class _Server(uvicorn.Server):
    """A server that says when it is up, and lets go of open pages when it ends."""

    def __init__(self, application: fastapi.FastAPI, ready: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                application, log_level="warning", timeout_graceful_shutdown=_GRACE_SECONDS
            )
        )
        self._ready = ready
        mounted = [route.app for route in application.routes if isinstance(route, Mount)]
        self._pages = [app for app in mounted if isinstance(app, App)]

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for page in self._pages:
            page.stop_event.set()  # ends the streams that pages hold open
        await super().shutdown(sockets)


def application(assistant: Assistant) -> fastapi.FastAPI:
    """The page as a web application, for any ASGI server.

    Raises:
        AssistantError: the user's data folder cannot be written to.
    """
    measuring = Measuring(assistant)

    @contextlib.asynccontextmanager
    async def lifespan(_: fastapi.FastAPI) -> AsyncIterator[None]:
        yield
        await asyncio.to_thread(measuring.close)

    blocks = build(assistant, measuring)
    # Mounted blocks are never "launched", and until then Gradio takes any file of this machine
    # for an upload.
    blocks.has_launched = True
    server = fastapi.FastAPI(docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    server.include_router(report_routes())
    server.include_router(article_routes(assistant))
    page: fastapi.FastAPI = gr.mount_gradio_app(
        server,
        blocks,
        path="/",
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        mcp_server=False,
        pwa=False,
        enable_monitoring=False,
        favicon_path=str(_STATIC / "icon.svg"),
        theme=gr.themes.Base(
            primary_hue="teal",
            secondary_hue="teal",
            neutral_hue="stone",
            font=_FONTS,
            font_mono=_MONO,
        ),
        head=_head(),
    )
    return page


def _head() -> str:
    """The page's style and script. Gradio rewrites the selectors of what it is given as ``css``,
    and takes those with a comma in brackets apart, so the style goes in here as well."""
    styles, scripts = (
        "".join(path.read_text(encoding="utf-8") for path in sorted(_STATIC.glob(pattern)))
        for pattern in ("*.css", "*.js")
    )
    return f"<style>{styles}</style><script>{scripts}</script>"


def _listen(host: str, port: int) -> socket.socket:
    """A socket bound to the address, so that a taken port is known before anything is built."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise UsageError(
            f"The address {host!r} cannot be used: {error.strerror or error}.",
            "Use 127.0.0.1, or an address of this machine.",
        ) from error
    try:
        if os.name == "posix":  # elsewhere it would share a port that is in use
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        listener.close()
        raise _refused(host, port, error) from error
    return listener


def _refused(host: str, port: int, error: OSError) -> UsageError:
    if error.errno == errno.EADDRINUSE:
        return UsageError(
            f"Port {port} on {host} is taken by another program.",
            f"End that program, or choose another port: assistant serve --port {port + 1}",
        )
    return UsageError(
        f"The page cannot listen on {host}, port {port}: {error.strerror}.",
        "Use 127.0.0.1 and a port from 1024 to 65535.",
    )


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    if host in ("0.0.0.0", "::"):  # noqa: S104 - listens everywhere, and is opened on this machine
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
