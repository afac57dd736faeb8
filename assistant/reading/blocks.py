"""What every format is read to: a page of blocks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

from assistant.records import Record

Kind = Literal[
    "article", "heading", "paragraph", "quote", "list", "code", "table", "caption", "footnote"
]
Format = Literal["text", "markdown", "html"]


@dataclass(frozen=True, slots=True)
class Block(Record):
    """One block of a page, in reading order.

    ``level`` is a heading's (1 to 6) and 0 otherwise. ``text`` is clean: no control characters,
    line breaks only between the items of a list, the rows of a table and the lines of code or
    verse. The kind ``article`` has no text: it says that another article of the page begins.
    """

    kind: Kind
    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Page(Record):
    """A saved page: its blocks, and what the file says of itself (``published`` an ISO date,
    ``address`` http or https)."""

    blocks: tuple[Block, ...]
    format: Format
    title: str | None = None
    section: str | None = None
    author: str | None = None
    published: str | None = None
    address: str | None = None


def web_address(value: Any) -> str | None:
    """The value if it is an address that a browser may follow (http or https), else ``None``."""
    if not isinstance(value, str) or len(value) > 2000 or not value.isprintable() or " " in value:
        return None
    try:
        parts = urlsplit(value)
    except ValueError:
        return None
    return value if parts.scheme in ("http", "https") and parts.hostname else None
