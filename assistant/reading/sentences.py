"""Where sentences begin and end, as character offsets.

Written here because the libraries that give offsets (sentencex, pysbd) keep a quotation of many
sentences whole, and a citation must be able to point at one of them. Where a full stop may or may
not end a sentence, the two sentences stay together: a citation that shows too much can still be
checked.
"""

from __future__ import annotations

import re

# A stop with the quotation marks and brackets that close behind it. The wide stops of Chinese and
# Japanese need no space after them.
_STOP = re.compile(
    r"(?P<stop>\.(?:[ \u00a0]\.)+|[.!?…؟۔।॥]+)(?P<close>[\"'”’»)\]}*_]*)(?=\s|$)"
    r"|[。！？]+[」』”’）】]*"
)
_LINE_BREAK = re.compile(r"[\n\r\v\f\x85\u2028\u2029]+")
_OPENING = "\"'“‘„«‹([{¿¡*_-–—• "
_NEXT_WORD = re.compile(r"[^\W_]+")
_NUMBERING = re.compile(r"\s*[-–•*]?\s*[(\[]?(?:\d{1,3}|[A-Za-z]|[ivxIVX]{1,5})")
_SPOKEN_BY = re.compile(
    r"(?:[^\W\d_][\w.’'-]* ){1,4}(?:said|says|asked|asks|cried|replied|added|shouted|wrote|told)\b"
)


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# Followed by a name or a thing, so never the end of a sentence.
_TITLES = _words(
    "mr mrs ms mx dr prof gen col sgt capt cpt lt maj cmdr adm sen rep gov pres hon rev fr st ste "
    "mt ft messrs mme mlle supt amb vs cf viz eg ie e.g i.e al approx ca esp incl msgr"
)
# Followed by a number where they are abbreviations; some are words of their own otherwise.
_BEFORE_NUMBERS = _words(
    "no nos vol vols fig figs eq eqs sec ch chap art arts para p pp pt ref tab est nr "
    "jan feb mar apr jun jul aug sep sept oct nov dec"
)
# Abbreviations that end a sentence now and then: only a word that opens sentences decides.
_LATE = _words(
    "inc corp co ltd llc plc bros jr sr ave blvd rd dept univ assn intl min max hr hrs sq "
    "ed eds trans mon tue tues wed thu thur thurs fri gmbh ag nv sa"
)
_OPENERS = _words(
    "the a an this that these those there here it its he she they we you i his her their our my "
    "in on at by for from with without of to as if when while where who what why how which since "
    "after before during until although though because despite but and or so yet nor then thus "
    "however moreover meanwhile also still now today yesterday later once one two some many most "
    "all both each every no not only such under over between among according instead indeed "
    "perhaps even let nobody nothing everyone others another several few more"
)
_LOOK_BACK = 40
_LOOK_AHEAD = 80


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """The sentences of ``text`` as ``(start, end)`` character offsets, half open.

    They are sorted, do not overlap, have no white space at either end, and together hold every
    character that is not white space. A line break always ends a sentence; abbreviations,
    initials, numbers and a question inside quotation marks do not.
    """
    spans: list[tuple[int, int]] = []
    line_start = 0
    for line_break in _LINE_BREAK.finditer(text):
        spans.extend(_line_spans(text, line_start, line_break.start()))
        line_start = line_break.end()
    spans.extend(_line_spans(text, line_start, len(text)))
    return spans


def _line_spans(text: str, line_start: int, line_end: int) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    start = line_start
    for stop in _STOP.finditer(text, line_start, line_end):
        if stop.end() == line_end or _ends_sentence(text, stop, start, line_end):
            _append_trimmed(spans, text, start, stop.end())
            start = stop.end()
    _append_trimmed(spans, text, start, line_end)
    return spans


def _append_trimmed(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    begin = start + len(piece) - len(piece.lstrip())
    finish = start + len(piece.rstrip())
    if begin < finish:
        spans.append((begin, finish))


def _ends_sentence(text: str, stop: re.Match[str], start: int, line_end: int) -> bool:
    if stop["stop"] is None:
        return True
    follow = _first_after(text, stop.end(), line_end)
    if follow == line_end:
        return True
    following = text[follow]
    if following in ",;:.!?)]}”’»%/&" or _starts_small(text, follow):
        return False
    if stop["stop"] != ".":
        quoted = stop["close"].strip(")]}")
        return not (quoted and _SPOKEN_BY.match(text, follow, min(line_end, follow + _LOOK_AHEAD)))
    return _full_stop_ends(text, start, stop.start(), follow)


def _full_stop_ends(text: str, start: int, dot: int, follow: int) -> bool:
    before = text[max(start, dot - _LOOK_BACK) : dot]
    if len(before) < 8 and _NUMBERING.fullmatch(before):
        return False
    parts = before.split()
    if not parts or before[-1].isspace():
        return True
    word = parts[-1].lstrip("\"'“‘„«‹([{-–—*_")
    small = word.casefold()
    if small in _TITLES:
        return False
    if small in _BEFORE_NUMBERS and text[follow].isdigit():
        return False
    initial = len(word) == 1 and word.isupper()
    dotted = "." in word and all(len(part) <= 2 and part.isalpha() for part in word.split("."))
    if initial or dotted or small in _LATE:
        opener = _NEXT_WORD.match(text, follow)
        return opener is not None and opener[0].casefold() in _OPENERS
    return True


def _first_after(text: str, position: int, line_end: int) -> int:
    while position < line_end and (text[position] in _OPENING or text[position].isspace()):
        position += 1
    return position


def _starts_small(text: str, position: int) -> bool:
    """A small letter goes on with a sentence, unless it opens a name such as iPhone or eBay."""
    return text[position].islower() and not text[position + 1 : position + 2].isupper()
