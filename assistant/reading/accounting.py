"""What became of every line that a saved page shows: kept in an article, read as a fact about
one, or dropped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.reading.bylines import read_details
from assistant.reading.cleaning import clean_text, squeeze
from assistant.reading.encodings import decode
from assistant.reading.formats import read_page
from assistant.reading.webpages import is_html, shown_lines
from assistant.records import Article, Record

Fate = Literal["kept", "about", "dropped"]

# So near to the last line that was kept is the next one looked for: pages have an order, and
# looking through all of a long one for each of its lines would be slow.
_WINDOW = 100_000
# A shorter line must be one of an article as a whole: "Share" is not kept where "shared" is.
_TELLING = 16


@dataclass(frozen=True, slots=True)
class Line(Record):
    """A line of a page as its reader saw it. ``kept`` lines are in an article's text, ``about``
    lines are titles or tell of the author, the section and the date, ``dropped`` ones are
    nowhere: navigation, advertising, comments and lists of other articles."""

    text: str
    fate: Fate


def account(
    data: bytes, name: str, articles: Sequence[Article], most: int = 5_000
) -> tuple[Line, ...]:
    """The lines of a page, in order, each with what became of it.

    Args:
        data: the whole file.
        name: what errors call the file.
        articles: what was found in it.
        most: how many lines are accounted for.

    Raises:
        ReadingError: the file is no text.
    """
    whole = {_key(piece) for article in articles for piece in _pieces(article.text)}
    about = {_key(fact) for article in articles for fact in _facts(article)}
    running = "\n".join(_key(article.text) for article in articles)
    lines: list[Line] = []
    place = 0
    for line in _shown(data, name)[:most]:
        key = _key(line)
        if not key:
            continue
        found = -1
        if len(key) >= _TELLING:
            found = running.find(key, max(0, place - _WINDOW), place + _WINDOW)
            place = found if found >= 0 else place
        if found >= 0 or key in whole:
            lines.append(Line(line, "kept"))
        elif key in about or read_details(line):
            lines.append(Line(line, "about"))
        else:
            lines.append(Line(line, "dropped"))
    return tuple(lines)


def _shown(data: bytes, name: str) -> list[str]:
    text = clean_text(decode(data, name))
    if is_html(text):
        return shown_lines(text)
    return "\n".join(block.text for block in read_page(data, name).blocks).split("\n")


def _pieces(text: str) -> list[str]:
    """The lines of a text, and the cells of its tables."""
    lines = text.split("\n")
    return lines + [cell for line in lines if " | " in line for cell in line.split(" | ")]


def _facts(article: Article) -> list[str]:
    known = (article.title, article.section, article.author, article.published, article.address)
    return [fact for fact in known if fact]


def _key(text: str) -> str:
    """The letters and digits of a text, which no reading changes, without a list's number."""
    words = squeeze(text).split(" ", 1)
    if len(words) == 2 and words[0].rstrip(".)").isdigit():
        words = words[1:]
    return "".join(filter(str.isalnum, "".join(words).casefold()))
