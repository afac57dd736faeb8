"""A page to its articles.

A page that strings several articles together is cut at its own headers: perhaps a section name,
the title, and lines that say when it was published and by whom. A header counts only if a text
follows, so a list of other articles with their dates is none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import PurePath

from assistant.errors import ReadingError
from assistant.reading.blocks import Block, Page
from assistant.reading.bylines import Details, read_details, read_name
from assistant.reading.cleaning import is_clutter, opens_comments, opens_list, squeeze
from assistant.reading.notes import biography, is_note
from assistant.reading.trimming import is_prose, is_solid, trim
from assistant.records import Article

_LONGEST_TITLE = 250
_LONGEST_SECTION = 40
_SHORT_LINES_ABOVE = 3
_CLUTTER_BELOW_TITLE = 4
_ENOUGH_BELOW_LIST = 600
_NO_TITLE_END = re.compile(r"(?<![.…])(?<!\b[A-Z])(?<!\bInc)(?<!\bCo)(?<!\bLtd)[.,;:]$")
_SENTENCE_MARK = re.compile(r"[.!?…;:,]$")
_BREADCRUMB = re.compile(r"\s*[>»›|]\s*|\s+/\s+")


@dataclass(frozen=True, slots=True)
class _Header:
    """Where an article's header stands among the blocks, and what it says.

    ``start`` is its first block (a section's name or the title), ``body`` the first block after
    it. ``lead`` is a sentence between the title and the lines of details.
    """

    start: int
    body: int
    title: Block | None
    section: str | None
    details: Details
    lead: tuple[Block, ...] = ()


def split_page(page: Page, source: str) -> list[Article]:
    """The articles of a page, in order, each with an empty ``id``.

    ``text`` is clean: paragraphs are joined by an empty line, the title is not repeated, clutter
    is left out. A page without headers is one article, whose title is the page's own, its first
    heading or short line, or made from ``source``.

    Raises:
        ReadingError: there is nothing but clutter on the page.
    """
    parts = [part for stretch in _stretches(page.blocks) for part in _parts(stretch)]
    alone = len(parts) == 1
    articles = [_article(page, source, header, blocks, alone) for header, blocks in parts]
    articles = [article for article in articles if article.text]
    if not articles:
        raise ReadingError(f"{source} holds no article.", "Check that the page was saved whole.")
    return articles


def _stretches(blocks: Sequence[Block]) -> Iterator[list[Block]]:
    """The blocks between the places where the page itself says that an article begins."""
    stretch: list[Block] = []
    for block in blocks:
        if block.kind != "article":
            stretch.append(block)
        elif stretch:
            yield stretch
            stretch = []
    if stretch:
        yield stretch


def _parts(blocks: list[Block]) -> Iterator[tuple[_Header | None, Sequence[Block]]]:
    headers = _headers(blocks)
    before = blocks[: headers[0].start] if headers else blocks
    if not headers or any(map(is_solid, trim(before, headings_are_meant=False))):
        yield None, before
    ends = [header.start for header in headers[1:]] + [len(blocks)]
    for header, end in zip(headers, ends, strict=False):
        yield header, [*header.lead, *blocks[header.body : end]]


# --- headers -------------------------------------------------------------------------------------


def _headers(blocks: Sequence[Block]) -> list[_Header]:
    repeated = Counter(block.text for block in blocks if len(block.text) <= _LONGEST_SECTION)
    found: list[_Header] = []
    place = 0
    while place < len(blocks):
        body, details = _read_run(blocks, place)
        header = details and _header(blocks, place, body, details, repeated)
        if header:
            found.append(header)
        place = max(body, place + 1)
    # Sums up to each block, so that a page of headers without texts is not read again and again.
    prose = [0, *accumulate(is_prose(block) for block in blocks)]
    solid = [0, *accumulate(len(block.text) * is_solid(block) for block in blocks)]
    kept: list[_Header] = []
    end = len(blocks)
    for header in reversed(found):
        has_prose = prose[end] > prose[header.body] or any(map(is_prose, header.lead))
        if _is_followed(header, blocks, has_prose, solid[end] - solid[header.body]):
            kept.append(header)
            end = header.start
    return kept[::-1]


def _read_run(blocks: Sequence[Block], start: int) -> tuple[int, Details | None]:
    """Where the lines of details that begin at ``start`` end, and what they say together."""
    merged = Details()
    place = end = start
    while place < len(blocks):
        line = blocks[place].text
        details = read_details(line)
        if merged.awaits_name and details is None and (name := read_name(line)):
            details = Details(author=name)
        if details:
            merged = _merge(merged, details)
            end = place + 1
        elif place == start or not is_clutter(line):
            break
        place += 1
    says_something = merged.announces or merged.published or merged.author
    return end, merged if says_something else None


def _merge(first: Details, second: Details) -> Details:
    return Details(
        first.announces or second.announces,
        first.published or second.published,
        first.author or second.author,
        first.section or second.section,
        second.awaits_name,
    )


def _header(
    blocks: Sequence[Block], run: int, body: int, details: Details, repeated: Counter[str]
) -> _Header | None:
    place = run - 1
    while place >= 0 and is_clutter(blocks[place].text) and run - place <= _CLUTTER_BELOW_TITLE:
        place -= 1
    if place < 0:
        return _Header(0, body, None, details.section, details) if details.announces else None
    lead: tuple[Block, ...] = ()
    if not _is_title(blocks[place]):
        if not (details.announces and place and _is_title(blocks[place - 1])):
            return None
        lead, place = (blocks[place],), place - 1
    start, section = _section_above(blocks, place, repeated)
    if not details.announces and not _is_boundary(blocks, start - 1):
        return None
    return _Header(start, body, blocks[place], section or details.section, details, lead)


def _is_title(block: Block) -> bool:
    line = block.text
    if block.kind not in ("heading", "paragraph") or len(line) > _LONGEST_TITLE or "\n" in line:
        return False
    if _NO_TITLE_END.search(line) or not any(map(str.isalnum, line)):
        return False
    return not (is_clutter(line) or opens_comments(line) or opens_list(line) or read_details(line))


def _section_above(
    blocks: Sequence[Block], title: int, repeated: Counter[str]
) -> tuple[int, str | None]:
    """Where the header begins, and the section's name if one stands above the title.

    A short line is one if it stands above other articles too, or if nothing but short lines is
    between it and the end of another article.
    """
    place = title - 1
    while place >= 0 and title - place <= _SHORT_LINES_ABOVE and _is_section(blocks[place]):
        place -= 1
    if place == title - 1:
        return title, None
    name = _BREADCRUMB.split(blocks[title - 1].text)[-1].strip()
    if _is_boundary(blocks, place):
        return place + 1, name
    return (title - 1, name) if repeated[blocks[title - 1].text] > 1 else (title, None)


def _is_section(block: Block) -> bool:
    short = len(block.text) <= _LONGEST_SECTION and block.text.count(" ") < 5
    return short and _is_title(block) and not _SENTENCE_MARK.search(block.text)


def _is_boundary(blocks: Sequence[Block], place: int) -> bool:
    """Whether another article, or nothing, ends at ``place``."""
    if place < 0:
        return True
    line = blocks[place].text
    return is_clutter(line) or opens_comments(line) or opens_list(line)


def _is_followed(
    header: _Header, blocks: Sequence[Block], has_prose: bool, solid_length: int
) -> bool:
    """Whether a text follows the header: else it is an entry in a list of other articles."""
    if header.details.announces or header.start == 0:
        return has_prose
    below_list = opens_list(blocks[header.start - 1].text)
    return solid_length >= (_ENOUGH_BELOW_LIST if below_list else 1)


# --- articles ------------------------------------------------------------------------------------


def _article(
    page: Page, source: str, header: _Header | None, blocks: Sequence[Block], alone: bool
) -> Article:
    details = header.details if header else Details()
    title, body = _title(page, source, header, blocks, alone)
    body = [block for block in body if not _repeats(title, block)]
    body_start, more = _read_run(body, 0)
    if more:
        details, body = _merge(details, more), body[body_start:]
    body = trim(body, headings_are_meant=page.format == "markdown")
    paragraphs = [block.text for block in body]
    notes = [block.text for block in body if block.kind == "footnote" or is_note(block.text)]
    author = (page.author if alone else None) or details.author
    about = biography(paragraphs, author)
    if about:
        notes.append(about[0])
    section = header.section if header else None
    return Article(
        id="",
        title=title,
        text="\n\n".join(paragraphs),
        source=source,
        section=(page.section if alone else None) or section or page.section,
        author=author or (about[1] if about else None),
        published=(page.published if alone else None) or details.published,
        notes=tuple(notes),
        address=page.address,
    )


def _title(
    page: Page, source: str, header: _Header | None, blocks: Sequence[Block], alone: bool
) -> tuple[str, Sequence[Block]]:
    """The title, and the blocks without it."""
    if page.title and page.format == "markdown" and alone:
        return page.title, blocks
    if header and header.title and (header.title.kind == "heading" or not page.title):
        return header.title.text, blocks
    main = next((block for block in blocks if block.kind == "heading" and block.level == 1), None)
    if main:
        return main.text, [block for block in blocks if block is not main]
    if page.title and alone:
        return page.title, blocks
    if header and header.title:
        return header.title.text, blocks
    first = next((n for n, block in enumerate(blocks) if not is_clutter(block.text)), 0)
    rest = blocks[first + 1 :]
    if rest and _is_title(blocks[first]) and not is_prose(blocks[first]):
        return blocks[first].text, rest
    name = squeeze(re.sub(r"[_-]+", " ", PurePath(source).stem))
    return name or source, blocks


def _repeats(title: str, block: Block) -> bool:
    return block.kind in ("heading", "paragraph") and squeeze(block.text) == squeeze(title)
