"""A body without what a web page puts around it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.reading.blocks import Block
from assistant.reading.bylines import read_details
from assistant.reading.cleaning import (
    ends_article,
    is_clutter,
    may_open_list,
    opens_comments,
    opens_list,
)
from assistant.reading.notes import is_note

_RUNNING_TEXT = ("paragraph", "quote")
_LITERAL = ("code", "table", "footnote")
_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’»)\]]*$")
_TWO_SENTENCES = re.compile(
    r"[^\W\d_]{2,}[.!?…][\"'”’»)]* [\"'“‘«(]*[^\W\d_a-z].*[.!?…][\"'”’»)\]]*$"
)


def is_prose(block: Block) -> bool:
    """Whether a block is running text, be it one short sentence."""
    text = block.text
    if block.kind not in _RUNNING_TEXT:
        return False
    return len(text) >= 120 or (_SENTENCE_END.search(text) is not None and text.count(" ") >= 2)


def is_solid(block: Block) -> bool:
    """Whether a block is running text that cannot be the title of another article."""
    text = block.text
    if block.kind not in _RUNNING_TEXT:
        return False
    if len(text) >= 200:
        return True
    ends = text.endswith((".", "。", ".”", '."')) and text.count(" ") >= 12
    return ends or _TWO_SENTENCES.search(text) is not None


def trim(blocks: Sequence[Block], *, headings_are_meant: bool) -> list[Block]:
    """The blocks of one article without clutter, comments and lists of other articles.

    Args:
        headings_are_meant: headings were set by hand (Markdown), so one of a single word, such as
            "Comments" or "Publications", opens a part of the text.
    """
    last_solid = max((place for place, block in enumerate(blocks) if is_solid(block)), default=-1)
    kept: list[Block] = []
    begun = skipping = announced = False
    for place, block in enumerate(blocks):
        line = block.text
        if block.kind in _LITERAL:
            kept.append(block)
            continue
        if not (headings_are_meant and block.kind == "heading" and " " not in line):
            if opens_comments(line):
                if begun:
                    break
                continue
            if _opens_skipping(line) or (place > last_solid and may_open_list(line)):
                skipping = True
                continue
            if all(map(is_clutter, line.split("\n"))):
                continue
        details = read_details(line)
        announced = details is not None and (details.announces or announced)
        if announced:
            continue
        solid = is_solid(block)
        if skipping and not is_note(line):
            if not solid:
                continue
            skipping = False
            before = blocks[place - 1]
            if before.kind == "heading" and not _opens_skipping(before.text):
                kept.append(before)
        begun = begun or solid
        kept.append(block)
    return kept


def _opens_skipping(line: str) -> bool:
    return opens_list(line) or ends_article(line)
