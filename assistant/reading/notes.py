"""Lines about an article: an author's note, a footnote, a picture's credit, a biography."""

from __future__ import annotations

import re
from collections.abc import Sequence

_LONGEST_NOTE = 600
_LONGEST_CREDIT = 200
_LONGEST_BIOGRAPHY = 900
_LAST_PARAGRAPHS = 3

_PIECE = r"(?:article|story|piece|post|essay|column|text|report|analysis|interview|commentary)"
_NOTE = re.compile(
    r"(?:the )?(?:author|editor|writer|publisher)s?['’]?s?['’]? ?note\b"
    r"|(?:notes?|disclaimer|correction|clarification)(?: \([^()]{1,40}\))?: "
    rf"|(?:this|the) {_PIECE}\b.{{0,80}}\b(?:published|appeared|ran)\b"
    r"|(?:first|originally|previously) (?:published|appeared) (?:in|on|by|at)\b"
    r"|\*{1,3}[^*]+$|[†‡§¹²³]|\[\d{1,3}\] ",
    re.IGNORECASE,
)
_PICTURE = r"(?:photo(?:graph)?|picture|image|illustration|graphic|drawing|map|video|cartoon)s?"
_CREDIT = re.compile(
    rf"\b(?i:{_PICTURE})(?: (?i:by|courtesy of|credit:?|source:?|©)|:) ?[^\W_a-z]"
    r"|^\(?(?i:credits?:)|^©"
)
_CAPITALISED = r"[^\W\d_a-z][\w.’'-]*"
_PARTICLE = r"(?:d[aei]|del|della|dos|du|van|von|der|den|bin|ibn|al|el)"
_BIOGRAPHY = re.compile(
    rf"(?:(?:Dr|Prof|Mr|Mrs|Ms)\.? )?"
    rf"(?P<name>{_CAPITALISED}(?: {_PARTICLE})?(?: {_CAPITALISED}){{1,4}})(?:, [^,.]{{1,120}},)? "
    r"(?:is|writes|covers|teaches|taught|lectures|speciali[sz]es|reports|works|worked|lives|serves"
    r"|served|studies|studied|researches|edits|holds|joined|blogs|contributes|focuses|heads"
    r"|directs|leads|runs|hosts|has (?:been|covered|written|worked|published|reported|taught))\b"
)


def is_note(line: str) -> bool:
    """Whether the line is an author's note, a footnote or a picture's credit."""
    if len(line) > _LONGEST_NOTE:
        return False
    credit = len(line) <= _LONGEST_CREDIT and _CREDIT.search(line) is not None
    return credit or _NOTE.match(line) is not None


def biography(paragraphs: Sequence[str], author: str | None) -> tuple[str, str] | None:
    """The author's biography among the last paragraphs of an article, and the author's name.

    Where the author is not known, it is the last paragraph (notes aside) if it begins with a name
    found nowhere else in the article and says in the present what that person does.
    """
    last = [paragraph for paragraph in paragraphs[1:] if not is_note(paragraph)][-_LAST_PARAGRAPHS:]
    for paragraph in reversed(last):
        match = _BIOGRAPHY.match(paragraph) if len(paragraph) <= _LONGEST_BIOGRAPHY else None
        if match and author and match["name"].casefold() in author.casefold():
            return paragraph, author
        if match and not author and paragraph is last[-1]:
            surname = match["name"].rsplit(" ", 1)[-1]
            others = [one for one in paragraphs if one is not paragraph]
            return None if any(surname in one for one in others) else (paragraph, match["name"])
    return None
