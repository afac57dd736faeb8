"""A text that was pasted, as a Markdown file that is read back as the article it is."""

from __future__ import annotations

import json
import re

from assistant.errors import UsageError
from assistant.reading.bylines import iso_date
from assistant.reading.cleaning import clean_text, squeeze
from assistant.reading.formats import read_text
from assistant.reading.markdown import is_markdown

# Every sign of punctuation may be written behind a backslash; these can mean something.
_SIGNS = re.compile(r"[\\`*_{}\[\]<>#&~!|$^]")
_LONGEST_FACT = 300


def pasted_file(
    title: str, text: str, author: str = "", published: str = "", section: str = ""
) -> bytes:
    """A Markdown file with front matter.

    Markdown is taken as it stands. Plain text keeps its paragraphs and its signs: lines that were
    wrapped at a fixed width are joined, any other line is a paragraph.

    Args:
        title: the article's title, at most 300 characters.
        text: the article.
        author: who wrote it.
        published: a date as people write it, in English; an ISO date is safest.
        section: the part of the paper or site that it is from.

    Raises:
        UsageError: there is no title or no text, or the date is none.
    """
    facts = {
        "title": _fact(title),
        "author": _fact(author),
        "date": _day(published),
        "section": _fact(section),
    }
    body = clean_text(text).strip()
    if not facts["title"]:
        raise UsageError("The text has no title.", "Write one: answers name it as their source.")
    if not any(map(str.isalnum, body)):
        raise UsageError("There is no text to add.", "Paste the article into the large box.")
    if not is_markdown(body):
        paragraphs = (block.text for block in read_text(body).blocks)
        body = "\n\n".join(_SIGNS.sub(r"\\\g<0>", paragraph) for paragraph in paragraphs)
    # A JSON string is a YAML one, unless it spells a character as two halves.
    front = "".join(
        f"{name}: {json.dumps(fact, ensure_ascii=False)}\n" for name, fact in facts.items() if fact
    )
    return f"---\n{front}---\n\n{body}\n".encode()


def file_name(title: str) -> str:
    """What the file of a title is called."""
    words = squeeze(re.sub(r"[^\w\s-]", " ", clean_text(title)))
    return f"{words[:80].strip() or 'Pasted text'}.md"


def _fact(text: str) -> str:
    return squeeze(clean_text(text))[:_LONGEST_FACT].strip()


def _day(text: str) -> str:
    given = _fact(text)
    day = iso_date(given) if given else ""
    if day is None:
        raise UsageError(
            f"{given!r} is not a date.", "Write it as year-month-day, for example 2021-06-16."
        )
    return day
