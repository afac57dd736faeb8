"""A saved file's bytes to a page of blocks, whatever its format; the format is told by what the
file holds, never by its name."""

from __future__ import annotations

import re
from dataclasses import replace

from assistant.errors import ReadingError
from assistant.reading.blocks import Block, Format, Kind, Page
from assistant.reading.bylines import read_details
from assistant.reading.cleaning import clean_text, is_clutter, squeeze, squeeze_lines
from assistant.reading.encodings import decode
from assistant.reading.markdown import is_markdown, read_markdown
from assistant.reading.webpages import is_html, read_html

__all__ = ["Block", "Format", "Kind", "Page", "read_page", "read_text"]

_WIDEST_WRAPPED = 120
_NARROWEST_WRAPPED = 40


def read_page(data: bytes, name: str) -> Page:
    """Read a saved file.

    Args:
        data: the whole file, in any encoding that charset-normalizer knows.
        name: what errors call the file.

    Raises:
        ReadingError: the file is empty, binary, too large, or holds no text.
    """
    text = clean_text(decode(data, name))
    if is_html(text):
        page = read_html(text)
    elif is_markdown(text):
        page = read_markdown(text)
    else:
        page = read_text(text)
    blocks = tuple(block for block in map(_tidy, page.blocks) if block.text or _divides(block))
    if all(map(_divides, blocks)):
        raise ReadingError(f"{name} holds no text.", "Check that the page was saved whole.")
    return replace(
        page,
        blocks=blocks,
        title=_tidy_line(page.title),
        section=_tidy_line(page.section),
        author=_tidy_line(page.author),
    )


def _divides(block: Block) -> bool:
    return block.kind == "article"


def _tidy(block: Block) -> Block:
    """The block cleaned once more: an entity such as ``&#8203;`` is a character only now."""
    text = clean_text(block.text)
    return replace(block, text=text.strip() if block.kind == "code" else squeeze_lines(text))


def _tidy_line(line: str | None) -> str | None:
    return squeeze(clean_text(line or "")) or None


def read_text(text: str) -> Page:
    """A page of plain text: paragraphs stand between empty lines, or each on a line of its own.

    The lines of a paragraph that was wrapped at a fixed width are joined again.
    """
    lines = [squeeze(line) for line in text.split("\n")]
    width = max(map(len, lines))
    if not _NARROWEST_WRAPPED <= width <= _WIDEST_WRAPPED:
        width = 0
    paragraphs: list[str] = []
    previous = ""
    for line in lines:
        if line and _goes_on(previous, line, width):
            paragraphs[-1] += " " + line
        elif line:
            paragraphs.append(line)
        previous = line
    return Page(tuple(Block("paragraph", 0, text) for text in paragraphs), "text")


def _goes_on(previous: str, line: str, width: int) -> bool:
    """Whether a line was wrapped where ``previous`` ends: its first word had no room there."""
    if not previous or not width or re.match(r"[-*•–] |\d{1,3}[.)] ", line):
        return False
    room = width - len(previous)
    if room > width / 3 or room > len(line.split(" ", 1)[0]) + 8:
        return False
    return not any(is_clutter(one) or read_details(one) for one in (previous, line))
