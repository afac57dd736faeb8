"""Lines that say when an article was published, and who wrote it."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass, replace

_LONGEST_LINE = 200

# --- dates ---------------------------------------------------------------------------------------

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("january", "jan"),
            ("february", "feb"),
            ("march", "mar"),
            ("april", "apr"),
            ("may",),
            ("june", "jun"),
            ("july", "jul"),
            ("august", "aug"),
            ("september", "sept", "sep"),
            ("october", "oct"),
            ("november", "nov"),
            ("december", "dec"),
        ),
        start=1,
    )
    for name in names
}
_MONTH = rf"(?P<month>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\b\.?"
_DAY = r"(?<!\d)(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:1[5-9]|20)\d\d)(?!\d)"
_DATES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?<!\d)(?P<year>\d{4})(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})(?!\d)",
        rf"{_DAY}(?: of)?[ -]{_MONTH},?[ -]{_YEAR}",
        rf"\b{_MONTH} {_DAY},? {_YEAR}",
        rf"(?<!\d)(?P<day>\d{{1,2}})\.(?P<month>\d{{1,2}})\.{_YEAR}",
        rf"(?<!\d)(?P<first>\d{{1,2}})/(?P<second>\d{{1,2}})/{_YEAR}",
    )
)


def iso_date(text: str) -> str | None:
    """The first date in a short text as an ISO date (``2021-06-18``), or ``None``.

    Reads ``2021-06-18``, ``18 June 2021``, ``18th of June, 2021``, ``Jun. 18, 2021``,
    ``18.06.2021`` and, where only one order is possible, ``06/18/2021``. Times are left out.
    """
    found = _find_date(text[:_LONGEST_LINE], 0)
    return found[1] if found else None


def _find_date(line: str, start: int) -> tuple[re.Match[str], str] | None:
    matches = [match for pattern in _DATES for match in pattern.finditer(line, start)]
    for match in sorted(matches, key=lambda match: match.start()):
        date = _valid_date(match.groupdict())
        if date:
            return match, date
    return None


def _valid_date(parts: dict[str, str | None]) -> str | None:
    year = int(parts["year"] or 0)
    if "first" in parts:
        first, second = int(parts["first"] or 0), int(parts["second"] or 0)
        if first <= 12 and second <= 12 and first != second:
            return None
        month, day = (first, second) if first <= 12 else (second, first)
    else:
        named = (parts["month"] or "").casefold()
        month = _MONTHS.get(named) or int(named)
        day = int(parts["day"] or 0)
    try:
        return datetime.date(year, month, day).isoformat()
    except ValueError:
        return None


# --- lines ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Details:
    """What a line of details says.

    ``announces`` is true where it says of itself that it is about publishing ("Published",
    "Posted by"), ``awaits_name`` for a bare "By" whose name stands on the next line. All others
    empty means a line such as "on" or "3 days ago", which means something only beside others.
    """

    announces: bool = False
    published: str | None = None
    author: str | None = None
    section: str | None = None
    awaits_name: bool = False


_PUBLISHED = re.compile(
    r"(?:first |originally |last )?(?:published|posted|updated|modified|released|uploaded)"
    r"(?: online)?\b|publication date\b|date:",
    re.IGNORECASE,
)
_PASSING = re.compile(
    r"on\b|at\b|(?:about |over )?(?:\d+|an?|one|two|three|few) "
    r"(?:second|sec|minute|min|hour|day|week|month|year)s? ago\b|yesterday\b|today\b|just now\b"
    r"|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b\.?"
    r"|t?[0-2]?\d[:.h][0-5]\d(?::[0-5]\d)?(?:\.\d+)?(?: ?[ap]\.?m\b\.?)?(?:z\b|[+-]\d\d:?\d\d)?"
    r"|\d{1,2}/\d{1,2}/\d{4}\b|(?:utc|gmt|cet|cest|bst|ist|[ecmp][sd]?t)\b"
    r"|\d+ min(?:ute)?s?(?: read)?\b"
    r"|[\d.,]+k? (?:shares?|views?|comments?|reads?)\b|no comments\b",
    re.IGNORECASE,
)
_SEPARATORS = re.compile(r"[\s,|/·•:()–—-]*")
_BY = re.compile(
    r"(?:(?P<publishing>posted|published)|written|reported|story|text|words|article)? ?\bby\b:?"
    r"|authors?:",
    re.IGNORECASE,
)
_ROLES = (
    r"(?:staff|writer|reporter|editor|correspondent|contributor|columnist|reuters|agency|bureau"
    r"|newsroom|desk|guest)"
)
_NAME_WORD = (
    r"(?:(?:d[ae]|del|della|di|dos|du|van|von|der|den|la|le|bin|ibn|al|el|and|&)(?= )"
    rf"|(?![\d_a-z])(?!(?i:{_MONTH} \d|updated|published|posted|{_ROLES}\b))\w[\w.’'-]*)"
).replace("?P<month>", "?:")
_NAMES = re.compile(rf"{_NAME_WORD}(?:,? {_NAME_WORD}){{0,11}}")
_NAME_BEFORE_DATE = re.compile(rf"({_NAME_WORD}(?: {_NAME_WORD}){{1,3}}) ?(?:[|·•–—-]|,(?= ))")
_ROLE = re.compile(
    rf"(?:[^\W\d]\S* ){{0,3}}{_ROLES}\b(?: (?:of|at|for|in) [\w ]{{1,40}})?", re.IGNORECASE
)
_SECTION = re.compile(r"(?:in|under|filed under:?) ([^\W\d_][\w &’'/-]{1,40})$", re.IGNORECASE)
_PLACE = re.compile(r"[^\W\d_a-z][\w’'-]*(?: [^\W\d_a-z][\w’'-]*){0,2}, ?")


def read_details(line: str) -> Details | None:
    """What a line says of when and by whom, or ``None`` if it says anything besides.

    "Published 3 days ago on June 18, 2021", "By Jane Doe", "Posted by Jane Doe on 20 May 2022 in
    Science", "Lissen, 22 August 2021" and "3 October 2020, by Jane Doe" are lines of details; "By
    Friday the ice had gone." and "Published in 1921, it was soon forgotten." are not.
    """
    if len(line) > _LONGEST_LINE:
        return None
    line = " ".join(line.split())
    details = Details()
    position = 0
    while position < len(line):
        step = _read_part(line, position, details)
        if step is None:
            return None
        position, details = step
        position = _end(_SEPARATORS.match(line, position), position)
    alone = not (details.published or details.announces)
    if details.author and alone and " " not in details.author:
        return None
    return details if line else None


def read_name(line: str) -> str | None:
    """The name that a line consists of, as it stands under a bare "By", or ``None``."""
    line = " ".join(line[:_LONGEST_LINE].split())
    return line if _NAMES.fullmatch(line) else None


def _read_part(line: str, position: int, details: Details) -> tuple[int, Details] | None:
    by = _BY.match(line, position)
    if by and details.author is None:
        if by.end() == len(line):
            return by.end(), replace(details, awaits_name=True)
        start = by.end() + (line[by.end()] == " ")
        names = _NAMES.match(line, start)
        announces = details.announces or by["publishing"] is not None
        return names and (names.end(), replace(details, author=names[0], announces=announces))
    if published := _PUBLISHED.match(line, position):
        return published.end(), replace(details, announces=True)
    found = _find_date(line, position)
    if found and found[0].start() == position:
        date = details.published or found[1]
        return found[0].end(), replace(details, published=date)
    if passing := _PASSING.match(line, position):
        return passing.end(), details
    if details.published or details.author:
        if section := _SECTION.match(line, position):
            return section.end(), replace(details, section=section[1])
        if role := _ROLE.match(line, position):
            return role.end(), details
    if position == 0 and found:
        return _read_before_date(line, found[0].start(), details)
    return None


def _read_before_date(line: str, date_start: int, details: Details) -> tuple[int, Details] | None:
    """A place ("Lissen, 22 August 2021") or a name ("Jane Doe | 22 August 2021") at the start."""
    place = _PLACE.match(line)
    if place and place.end() == date_start:
        return date_start, details
    name = _NAME_BEFORE_DATE.match(line)
    return name and (name.end(), replace(details, author=name[1]))


def _end(match: re.Match[str] | None, otherwise: int) -> int:
    return match.end() if match else otherwise
