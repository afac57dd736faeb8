"""Makes text fit to be shown in a terminal, and text from anywhere safe to be.

Titles, file names, article text and the words of a model may hold control sequences that move
the cursor, rename the window or hide what stands before them.
"""

from __future__ import annotations

import re

_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters of both sets, but tab and line feed
    "\u200e\u200f\u2028-\u202e\u2066-\u2069"  # line separators, turns of the writing direction
    "\ud800-\udfff"  # bytes of file names that are no text
    "\U000e0000-\U000e007f]"  # invisible tags
)


def clean(text: str) -> str:
    """The text with all that could act on a terminal replaced by U+FFFD; lines are kept.

    Pieces of a stream may be cleaned one by one: no sequence is looked for, only characters.
    """
    return _UNSAFE.sub("\ufffd", text.replace("\r\n", "\n"))


def clean_line(text: str) -> str:
    """The text as one clean line: for titles and names."""
    return clean(" ".join(text.split()))


def counted(number: int, thing: str) -> str:
    """A number of things: `1 article`, `2 articles`."""
    return f"{number} {thing}{'' if number == 1 else 's'}"
