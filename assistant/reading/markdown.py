"""Markdown to a page."""

from __future__ import annotations

import datetime
import html
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import yaml  # type: ignore[import-untyped]
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from assistant.reading.blocks import Block, Kind, Page, web_address
from assistant.reading.bylines import iso_date
from assistant.reading.cleaning import squeeze, squeeze_lines

_FRONT_MATTER = re.compile(
    r"\s{0,20}---[ \t]*\n(.{0,20000}?)\n(?:---|\.\.\.)[ \t]*(?:\n|$)", re.DOTALL
)
_SIGNS = re.compile(
    r"^ {0,3}#{1,6} +\S|^ {0,3}(?:```|~~~)|^\[\^[^\]\s]{1,40}\]:|\*\*[^\s*][^*\n]{0,200}\*\*"
    r"|\]\((?:https?://|/|\.|#|[\w-]+\.\w)[^()\s]{0,500}(?: \"[^\"\n]{0,200}\")?\)"
    r"|^\S.{0,200}\n(?:={3,}|-{3,})[ \t]*$",
    re.MULTILINE,
)
_FOOTNOTE = re.compile(r"^\[\^([^\]\s]{1,40})\]:", re.MULTILINE)
_FOOTNOTE_TEXT = re.compile(r"\\\[\^[^\]\s]{1,40}\]:\s*")
_FOOTNOTE_MARK = re.compile(r"\[\^[^\]\s]{1,40}\]")
_PICTURES = re.compile(r"(?:!\[[^\[\]]{0,1000}\](?:\([^()]{0,2000}\)|\[[^\[\]]{0,200}\])?\s*)+")
_TAG = re.compile(r"<!--.{0,5000}?-->|<[^<>]{0,2000}>", re.DOTALL)
# So many characters tell the format.
_TELLING = 200_000
# A paragraph that is longer is taken as it stands: reading its marks would be slow.
_LONGEST_PARAGRAPH = 20_000


def is_markdown(text: str) -> bool:
    """Whether the text has what only Markdown has: front matter, headings, links, fences."""
    return _front_matter(text)[0] is not None or _SIGNS.search(text, 0, _TELLING) is not None


def read_markdown(text: str) -> Page:
    """A page of CommonMark with tables, strikethrough, footnotes and YAML front matter.

    Links are left as their text, images as their alternative text, footnote marks not at all;
    the footnotes themselves are blocks.
    """
    front, body = _front_matter(text)
    facts = {str(key).casefold(): value for key, value in (front or {}).items()}
    return Page(
        blocks=tuple(block for block in _BlockReader().read(body) if block.text),
        format="markdown",
        title=_words(_first(facts, "title", "headline")),
        section=_words(_first(facts, "section", "category", "categories")),
        author=_names(_first(facts, "author", "authors", "by", "byline", "creator")),
        published=_date(_first(facts, "date", "published", "publishdate", "pubdate", "created")),
        address=web_address(_first(facts, "canonical", "canonical_url", "url", "link", "source")),
    )


# --- front matter --------------------------------------------------------------------------------


def _front_matter(text: str) -> tuple[Mapping[Any, Any] | None, str]:
    match = _FRONT_MATTER.match(text)
    if match:
        try:
            facts = yaml.safe_load(match[1])
        except (yaml.YAMLError, ValueError, RecursionError):
            facts = None
        if isinstance(facts, dict):
            return facts, text[match.end() :]
    return None, text


def _first(facts: Mapping[str, Any], *keys: str) -> Any:
    return next((facts[key] for key in keys if facts.get(key)), None)


def _words(value: Any) -> str | None:
    if isinstance(value, list) and value:
        value = value[0]
    return squeeze(str(value))[:300] or None if isinstance(value, str | int | float) else None


def _names(value: Any) -> str | None:
    people = value if isinstance(value, list) else [value]
    names = [_words(one.get("name") if isinstance(one, dict) else one) for one in people[:20]]
    return ", ".join(name for name in names if name) or None


def _date(value: Any) -> str | None:
    if isinstance(value, datetime.date):
        return value.isoformat()[:10]
    return iso_date(value) if isinstance(value, str) else None


# --- blocks --------------------------------------------------------------------------------------


class _BlockReader:
    """Walks the parser's tree; a list or a table becomes one block."""

    def __init__(self) -> None:
        self._outline = MarkdownIt("commonmark").enable("table")
        self._outline.core.ruler.disable("inline")
        self._inside = MarkdownIt("commonmark").enable("strikethrough")
        self._env: dict[str, Any] = {}

    def read(self, text: str) -> Iterator[Block]:
        # The backslash keeps the parser from taking a footnote for the target of a link.
        tokens = self._outline.parse(_FOOTNOTE.sub(r"\n\\[^\1]:", text), self._env)
        for node in SyntaxTreeNode(tokens).children:
            yield from self._blocks(node, "paragraph")

    def _blocks(self, node: SyntaxTreeNode, kind: Kind) -> Iterator[Block]:
        if node.type == "heading":
            yield Block("heading", int(node.tag[1]), squeeze(self._words(node)))
        elif node.type == "paragraph":
            yield self._paragraph(node, kind)
        elif node.type == "blockquote":
            for child in node.children:
                yield from self._blocks(child, "quote")
        elif node.type in ("bullet_list", "ordered_list"):
            yield Block("list", 0, "\n".join(self._item_lines(node)))
        elif node.type == "table":
            rows = [row for part in node.children for row in part.children]
            cells = ((squeeze(self._words(cell)) for cell in row.children) for row in rows)
            yield Block("table", 0, "\n".join(" | ".join(row) for row in cells))
        elif node.type in ("fence", "code_block"):
            yield Block("code", 0, node.content.strip("\n"))
        elif node.type == "html_block":
            yield Block(kind, 0, squeeze(html.unescape(_TAG.sub(" ", node.content))))

    def _paragraph(self, node: SyntaxTreeNode, kind: Kind) -> Block:
        source = node.children[0].content
        if footnote := _FOOTNOTE_TEXT.match(source):
            return Block("footnote", 0, self._inline(source[footnote.end() :]))
        text = self._inline(source)
        return Block("caption" if _PICTURES.fullmatch(source) else kind, 0, text)

    def _item_lines(self, node: SyntaxTreeNode) -> Iterator[str]:
        for item in node.children:
            mark = f"{item.info}. " if node.type == "ordered_list" else "- "
            lines = [line for child in item.children for line in self._lines(child)]
            for line in lines[:1]:
                yield mark + line
            yield from lines[1:]

    def _lines(self, node: SyntaxTreeNode) -> list[str]:
        if node.type in ("bullet_list", "ordered_list"):
            return list(self._item_lines(node))
        return [
            line for block in self._blocks(node, "paragraph") for line in block.text.split("\n")
        ]

    def _words(self, node: SyntaxTreeNode) -> str:
        return self._inline(node.children[0].content) if node.children else ""

    def _inline(self, source: str) -> str:
        source = _FOOTNOTE_MARK.sub("", source)
        if len(source) > _LONGEST_PARAGRAPH:
            return squeeze(source)
        pieces = _pieces(self._inside.parseInline(source, self._env)[0].children or ())
        return squeeze_lines("".join(pieces))


def _pieces(tokens: Iterable[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type == "softbreak":
            yield " "
        elif token.type == "hardbreak" or token.content.casefold().startswith("<br"):
            yield "\n"
        elif token.type == "image":
            yield from _pieces(token.children or ())
        elif token.type in ("text", "code_inline"):
            yield token.content
