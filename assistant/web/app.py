"""The page: puts the chat, the library and the measuring together, and serves them.

The page makes no request to anywhere but its own server: system fonts, no analytics, its own
script and style from ``static/``.
"""

from __future__ import annotations

import asyncio
import contextlib
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
from assistant.library.files import LARGEST_FILE
from assistant.settings import data_folder
from assistant.web.agents import answer_in_json, require_mcp
from assistant.web.chat.buttons import Chat
from assistant.web.chat.running import Running
from assistant.web.configuration import Configuration
from assistant.web.interface import Interface
from assistant.web.library.shelf import Shelf
from assistant.web.measure.measuring import Measuring
from assistant.web.measure.runs import report_routes
from assistant.web.measure.tab import Measure
from assistant.web.reader.articles import article_routes
from assistant.web.server.accounts import Accounts
from assistant.web.server.guard import Guard, own_names
from assistant.web.server.listening import address_of, is_loopback, listen
from assistant.web.server.signin import SignIn, sign_out_form
from assistant.web.widgets import QUIET, html

if TYPE_CHECKING:
    from assistant.answering.assistant import Assistant

_STATIC = Path(__file__).parent / "static"
# In this order: of rules that weigh the same, the later one counts.
_STYLES = (
    "library tables inside picture settings library-narrow "
    "page chat opinions measure page-narrow marks sources article signin talks turns filters"
).split()
_HEAD = (
    '<header class="masthead"><svg aria-hidden="true" viewBox="0 0 32 32">'
    '<rect x="4" y="3" width="24" height="26" rx="5"/><path d="M10 11h12M10 16h12M10 21h7"/></svg>'
    "<h1>Article Assistant</h1></header>"
)
_FONTS = ("ui-sans-serif", "system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif")
_MONO = ("ui-monospace", "SFMono-Regular", "Consolas", "monospace")
# How long open pages may hold up the end of the server.
_GRACE_SECONDS = 1
# How often uploads are deleted that nobody made use of, and from which age on, in seconds.
_STALE_UPLOADS = (3_600, 24 * 3_600)
_ANNOUNCE = partial(print, flush=True)


def build(assistant: Assistant, measuring: Measuring) -> gr.Blocks:
    """The page as Gradio blocks; :func:`serve` adds its style and script.

    Args:
        assistant: answers the questions and holds the library.
        measuring: measures it.

    Raises:
        AssistantError: the user's data folder cannot be written to.
    """
    blocks: gr.Blocks = gr.Blocks(
        title="Article Assistant", analytics_enabled=False, delete_cache=_STALE_UPLOADS
    )
    running = Running()
    with blocks:
        Interface(assistant, running)  # first, so that its names are free
        with gr.Row(elem_id="head"):
            gr.HTML(_HEAD, apply_default_css=False, js_on_load=None)
            summary = html("summary")
            reader = html("reader")
        with gr.Tabs(elem_id="tabs") as tabs:
            with gr.Tab("Ask", id="ask") as ask_tab:
                chat = Chat(assistant, data_folder(), running)
            with gr.Tab("Library", id="library") as library_tab:
                shelf = Shelf(assistant, summary)
            with gr.Tab("Measure", id="measure") as measure_tab:
                measure = Measure(assistant, measuring)
            with gr.Tab("Settings", id="settings") as settings_tab:
                configuration = Configuration(assistant)
        chat.connect(blocks, tabs, ask_tab)
        shelf.connect(blocks, library_tab)
        measure.connect(measure_tab)
        blocks.load(_reader, None, reader, queue=False, **QUIET)
        configuration.connect(settings_tab)
    return blocks


def _reader(request: gr.Request) -> str:
    return sign_out_form(request.username) if request.username else ""


def serve(
    assistant: Assistant,
    host: str = "127.0.0.1",
    port: int = 7860,
    open_browser: bool = False,
    announce: Callable[[str], object] = _ANNOUNCE,
    accounts: Accounts | None = None,
    open_to_everyone: bool = False,
    mcp: bool = False,
) -> None:
    """Serves the page until it is interrupted (Ctrl+C).

    Args:
        assistant: answers the questions and holds the library.
        host: address to listen on; the default can be reached from this machine only.
        port: port to listen on; 0 takes any free one.
        open_browser: whether to show the page in the reader's browser once it is up.
        announce: told the page's address once it can be opened.
        accounts: who may sign in; None: nobody needs to.
        open_to_everyone: whether others than this machine may come in without signing in.
        mcp: whether agents are offered its functions through MCP as well.

    Raises:
        UsageError: the port is taken, the address is none of this machine or can be reached from
            others and nobody needs to sign in, or the package for MCP is missing.
        AssistantError: the user's data folder cannot be written to.
    """
    with listen(host, port) as listener:
        if not (accounts or open_to_everyone or is_loopback(listener)):
            raise UsageError(
                f"Everyone who can reach {host} could read and change the library.",
                "Let only those in who sign in: assistant password FILE NAME, then serve with "
                "--auth FILE. Or let everyone in: --open-to-everyone",
            )
        address = address_of(listener)

        def ready() -> None:
            # The first question need not wait for what can be loaded meanwhile.
            threading.Thread(target=_load_models, args=(assistant,), daemon=True).start()
            announce(f"The page is at {address} (Ctrl+C ends it)")
            if mcp:
                announce(f"Agents find its functions at {address}/gradio_api/mcp/")
            if open_browser:
                # Some browsers run inside the terminal, and would hold up the server.
                threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()

        server = _Server(application(assistant, host, accounts, mcp), ready)
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


def application(
    assistant: Assistant,
    host: str = "127.0.0.1",
    accounts: Accounts | None = None,
    mcp: bool = False,
) -> fastapi.FastAPI:
    """The page as a web application, for any ASGI server.

    Args:
        assistant: answers the questions and holds the library.
        host: the address that the server listens on.
        accounts: who may sign in; None: nobody needs to.
        mcp: whether agents are offered its functions through MCP as well.

    Raises:
        UsageError: the package for MCP is missing.
        AssistantError: the user's data folder cannot be written to.
    """
    if mcp:
        require_mcp()
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
        mcp_server=mcp,
        pwa=False,
        enable_monitoring=False,
        max_file_size=LARGEST_FILE,
        auth_dependency=_signed_in if accounts else None,
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
    if mcp:
        answer_in_json(blocks)
    if accounts:
        page.add_middleware(SignIn, accounts=accounts)
    # A name that nobody owns shows no browser's sign-in, and proxies have names of their own.
    page.add_middleware(Guard, names=None if accounts else own_names(host))
    return page


def _signed_in(request: fastapi.Request) -> str | None:
    name: str | None = request.scope.get("reader")
    return name


def _head() -> str:
    """The page's style and script. Gradio rewrites the selectors of what it is given as ``css``,
    and takes those with a comma in brackets apart, so the style goes in here as well."""
    styles = "".join(map(_text, (f"{name}.css" for name in _STYLES)))
    scripts = "".join(map(_text, sorted(path.name for path in _STATIC.glob("*.js"))))
    return f"<style>{styles}</style><script>{scripts}</script>"


def _text(name: str) -> str:
    return (_STATIC / name).read_text(encoding="utf-8")
