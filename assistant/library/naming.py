"""The names of sources, sections and authors: as readers write them, and as the library does."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from typing import Literal

from assistant.errors import UsageError
from assistant.records import Filters

Kind = Literal["source", "section", "author"]
_LISTED_BY = {
    "source": "`assistant sources` lists the names.",
    "section": "`assistant sources --articles` lists the sections.",
    "author": "`assistant sources --articles` lists the authors.",
}


def known_filters(filters: Filters, names: Callable[[Kind], Sequence[str]]) -> Filters:
    """The filters with each name as the library writes it, whatever its case.

    Args:
        filters: what was asked for.
        names: gives all names of a kind.

    Raises:
        UsageError: the library has no source, section or author of a name.
    """
    return replace(
        filters,
        sources=_known("source", filters.sources, names),
        sections=_known("section", filters.sections, names),
        authors=_known("author", filters.authors, names),
    )


def unknown_name(kind: Kind, name: str, known: Iterable[str]) -> UsageError:
    """The error for a name that the library does not have, with the nearest that it has."""
    written = {one.casefold(): one for one in known}
    near = difflib.get_close_matches(name.casefold(), written, n=3, cutoff=0.5)
    return UsageError(
        f"The library has no {kind} named {name!r}.",
        f"Did you mean {' or '.join(written[one] for one in near)}?" if near else _LISTED_BY[kind],
    )


def _known(
    kind: Kind, given: Sequence[str], names: Callable[[Kind], Sequence[str]]
) -> tuple[str, ...]:
    known = names(kind) if given else ()
    return tuple(dict.fromkeys(one for name in given for one in _same(kind, name, known)))


def _same(kind: Kind, name: str, known: Collection[str]) -> list[str]:
    """The name if it is known as it stands; otherwise those that are the same without case."""
    same = [name] if name in known else [o for o in known if o.casefold() == name.casefold()]
    if not same:
        raise unknown_name(kind, name, known)
    return same
