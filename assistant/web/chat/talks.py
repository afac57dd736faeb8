"""The reader's conversations: the bar above the chat, and the drawer that lists them all."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.conversations import Conversation, Conversations, Listing, Owner
from assistant.errors import AssistantError, UsageError
from assistant.reading.cleaning import clean_text, squeeze
from assistant.web.chat.conversation import owner, which
from assistant.web.chat.exporting import EXPORTS, file_name
from assistant.web.chat.telling import tell_problem, tell_saved
from assistant.web.failures import told as told_of
from assistant.web.markup import ACTIONS, count, escape, removal
from assistant.web.widgets import QUIET, html

Updates = dict[Any, Any]

MOVED_ON = UsageError(
    "This conversation went on in another window.", "Look at what was asked there, and go on."
)
GONE = UsageError("This conversation was deleted.", "Open another, or ask something new.")
_LONGEST_NAME = 200
_LONGEST_SHOWN = 120
# Sends the words a moment after the last key.
_SEARCH = """
let waiting;
element.addEventListener("input", (event) => {
  clearTimeout(waiting);
  waiting = setTimeout(() => trigger("submit", { value: event.target.value }), 200);
});
"""
_HEAD = (
    '<div class="talks-head" data-key="{key}"><h2>Conversations</h2><button type="button" '
    'class="quiet" data-talks-close>Close</button></div><label class="talks-search">'
    '<span class="visually-hidden">Search conversations</span><input type="search" '
    'placeholder="Search questions and answers" maxlength="200" autocomplete="off"></label>'
)
_EXPORTS = (("md", "Markdown"), ("html", "HTML page"), ("json", "JSON"))


class Talks:
    """The widgets and what they do, but for showing a conversation, which is the chat's.

    Args:
        kept: where conversations are kept.
    """

    def __init__(self, kept: Conversations) -> None:
        self._kept = kept

    def make_bar(self) -> gr.HTML:
        """The bar, made inside the current ``gr.Blocks``."""
        self._bar = html("talk-bar", js_on_load=ACTIONS)
        return self._bar

    def make_drawer(self, key: str) -> gr.HTML:
        """The drawer, made inside the current ``gr.Blocks``; gives its list.

        Args:
            key: the name under which a tab keeps which conversation with this library is open.
        """
        with gr.Column(elem_id="talks-drawer"):
            self._head = html("talks-head", _HEAD.format(key=escape(key)), js_on_load=_SEARCH)
            self._list = html("talks", js_on_load=ACTIONS)
        return self._list

    def connect(self, library: Path, kept: gr.BrowserState, told: gr.HTML) -> None:
        """Wires up what concerns the list alone; to be called inside the blocks that hold it.

        Args:
            library: whose conversations are listed.
            kept: knows which one is open.
            told: tells what went wrong.
        """

        def search(request: gr.Request, event: gr.EventData, kept: object) -> str:
            return self.show(owner(library, request), which(kept), str(event.value))

        def expand(request: gr.Request, kept: object) -> str:
            return self.show(owner(library, request), which(kept))

        def rename(request: gr.Request, event: gr.EventData, kept: object) -> Updates:
            mine = owner(library, request)
            try:
                self.rename(mine, event.value)
            except Exception as error:
                return {told: tell_problem(told_of(error))}
            return {
                self._list: self.show(mine, which(kept)),
                self._bar: self.bar_of(mine, which(kept)),
                told: "",
            }

        quiet = {**QUIET, "queue": False}
        # None is dropped while another is pending; "always_last" would send the first words again.
        self._head.submit(search, [kept], [self._list], trigger_mode="multiple", **quiet)
        self._bar.expand(expand, [kept], [self._list], **quiet)
        self._list.edit(rename, [kept], [self._list, self._bar, told], **quiet)

    def bar_of(self, owner: Owner, open_id: str) -> str:
        """The bar above an open conversation."""
        try:
            conversation = self._kept.conversation(owner, open_id)
            named = conversation if conversation and conversation.turns else None
            return talk_bar(named, open_id)
        except AssistantError:
            return talk_bar(None, open_id)  # what cannot be read is told elsewhere

    def show(self, owner: Owner, open_id: str, words: str = "") -> str:
        """The list as HTML.

        Args:
            owner: whose conversations.
            open_id: the one that is open.
            words: what is looked for; all if empty.
        """
        try:
            return listed(self._kept.listing(owner, words), open_id, words)
        except Exception as error:
            return tell_problem(told_of(error))

    def rename(self, owner: Owner, sent: object) -> None:
        """Gives a conversation the name that a browser sent.

        Raises:
            UsageError: it makes no sense.
            AssistantError: it cannot be kept.
        """
        try:
            fields = json.loads(str(sent))
            talk, name = fields["talk"], squeeze(clean_text(fields["name"]))
            if not isinstance(talk, str):
                raise TypeError
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise UsageError(
                "The new name could not be read.", "Reload the page and try again."
            ) from error
        self._kept.rename(owner, talk, name[:_LONGEST_NAME])

    def save(self, owner: Owner, open_id: str, kind: str) -> str:
        """The open conversation as a file for the page to save.

        Args:
            owner: whose it is.
            open_id: which.
            kind: one of ``EXPORTS``.
        """
        try:
            conversation = self._kept.conversation(owner, open_id)
            if conversation is None or kind not in EXPORTS:
                raise UsageError("There is no conversation to export.", "Ask something first.")
            file = EXPORTS[kind](conversation, self._kept.turns(owner, open_id))
        except Exception as error:
            return tell_problem(told_of(error))
        name = file_name(conversation, kind)
        return tell_saved(name, file, f"Saved as {name}.")


def talk_bar(conversation: Conversation | None, open_id: str) -> str:
    """The bar above the chat: the way to all conversations, and the open one's name.

    Args:
        conversation: the open one; None if it has no turns yet, or cannot be read.
        open_id: which one is open, for the page's script to remember; none if empty.
    """
    exports = "".join(
        f'<button type="button" data-do="download" value="{kind}">{label}</button>'
        for kind, label in _EXPORTS
    )
    title = escape(_short(conversation.title)) if conversation else "New conversation"
    own = (
        f'<details class="menu"><summary>Export</summary><div>{exports}</div></details>'
        '<button type="button" class="quiet" data-do="clear" aria-label="New conversation">'
        '<span aria-hidden="true">+</span><span class="wide"> New conversation</span></button>'
    )
    return (
        f'<div class="talk-bar" data-open="{escape(open_id)}">'
        '<button type="button" class="quiet" data-do="expand" data-talks '
        'aria-label="Conversations" aria-expanded="false" aria-controls="talks-drawer">'
        '<svg aria-hidden="true" '
        'viewBox="0 0 24 24"><path d="M4 6h16M4 12h16M4 18h10"/></svg><span class="wide"> '
        f'Conversations</span></button><p class="talk-title" dir="auto">{title}</p>'
        f"{own if conversation else ''}</div>"
    )


def listed(listing: Listing, open_id: str, words: str) -> str:
    """The list of conversations, newest first."""
    if not listing.conversations:
        said = "No conversation has these words." if words.strip() else "Nothing was asked yet."
        return f'<p class="note" role="status">{said}</p>'
    items = "".join(_item(talk, talk.id == open_id) for talk in listing.conversations)
    more = listing.total - len(listing.conversations)
    rest = f'<p class="note">{count(more, "older one")}: search finds them.</p>' if more else ""
    found = f'<p class="note" role="status">{count(listing.total, "conversation")} found</p>'
    return f'{found if words.strip() else ""}<ul class="talks">{items}</ul>{rest}'


def _item(talk: Conversation, is_open: bool) -> str:
    title, talk_id = escape(_short(talk.title)), escape(talk.id)
    return (
        f'<li class="talk"><button type="button" class="talk-open" data-do="select" '
        f'value="{talk_id}"{" aria-current=true" if is_open else ""}><strong>{title}</strong>'
        f"<span>{count(talk.turns, 'question')} · {_day(talk.changed)}</span></button>"
        f'<div class="talk-tools"><button type="button" class="quiet" data-rename="{talk_id}" '
        f'aria-label="Rename {title}">Rename</button>'
        f"{removal(_short(talk.title), talk.id, 'Delete for good?')}</div></li>"
    )


def _short(title: str) -> str:
    line = " ".join(title.split())
    return line if len(line) <= _LONGEST_SHOWN else f"{line[:_LONGEST_SHOWN].rstrip()}…"


def _day(at: str) -> str:
    """When it was, by this machine's clock."""
    try:
        return f"{datetime.fromisoformat(at).astimezone():%-d %b %Y, %H:%M}"
    except ValueError:
        return escape(at)
