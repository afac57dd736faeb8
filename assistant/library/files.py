"""The files behind the paths that are to be added: what they are called, and their bytes."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import ReadingError
from assistant.settings import expanded

LARGEST_FILE = 50 * 1024 * 1024
_LONGEST_NAME = 200
_NO_BYTE = re.compile(
    r"[\ud800-\udc7f\udd00-\udfff]"
)  # surrogates that stand for no byte of a name
_ADDRESS = re.compile(r"https?:/", re.IGNORECASE)  # one slash: paths lose the second
_NO_ARTICLE = re.compile(r".+\.(css|js|json|csv)", re.IGNORECASE)
_PAGE = re.compile(r"(.+)\.x?html?", re.IGNORECASE)
_TOO_LARGE = f"It is larger than {LARGEST_FILE // 1024**2} MB."
_LEFT_OUT = "{} files of a folder are left out; name the file itself if it is an article."
_SPLIT = "Split it into smaller files."


@dataclass(frozen=True, slots=True)
class File:
    """A file to be added.

    ``name`` is what its source would be called: the file's name, or its path below the folder
    that was added. ``original`` is its real path, None where only a copy is at hand (an upload).
    ``problem`` says why there is no such file.
    """

    path: Path
    name: str
    original: str | None = None
    problem: str = ""

    @property
    def file_name(self) -> str:
        return self.name.rpartition("/")[2]


def find_files(
    paths: str | Path | Iterable[str | Path],
    names: Mapping[Path, str] | None = None,
    outside: Path | None = None,
) -> Iterator[File]:
    """The files that some paths stand for, folders walked in sorted order.

    In a folder, hidden files and folders are skipped, links that lead out of it, and the folders
    that browsers keep a saved page's pictures and scripts in (``Page_files`` of ``Page.html``).

    Args:
        paths: a file or folder, or several.
        names: what a file is called where its path does not tell (a browser's upload).
        outside: a folder whose files are never taken: the library's own.
    """
    told = names or {}
    for given in [paths] if isinstance(paths, str | Path) else paths:
        path = expanded(given)
        if Path(given) in told:
            yield File(path, clean_name(told[Path(given)].replace("\\", "/").rpartition("/")[2]))
        elif path.is_dir():
            yield from _walk(path, outside)
        elif path.exists():
            yield File(path, clean_name(path.name), _stored(os.path.realpath(path)))
        else:
            yield File(path, clean_name(str(given)), problem=_missing(str(given)))


def read_file(path: Path) -> bytes:
    """The bytes of a regular file.

    Raises:
        ReadingError: it is too large, is no regular file, or cannot be opened.
    """
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise ReadingError("It is not a regular file.", "Add saved pages and text files.")
        if about.st_size > LARGEST_FILE:
            raise ReadingError(_TOO_LARGE, _SPLIT)
        with path.open("rb") as file:
            # Bounded again: a file may grow, or claim to have no size at all.
            data = file.read(LARGEST_FILE + 1)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ReadingError(f"It cannot be opened: {reason}.", "Check its permissions.") from error
    if len(data) > LARGEST_FILE:
        raise ReadingError(_TOO_LARGE, _SPLIT)
    return data


def clean_name(name: str) -> str:
    """A name that can be stored and shown: no control characters, not too long, not empty."""
    shown = "".join(c if c.isprintable() else "\ufffd" for c in _stored(name)).strip()
    if len(shown) > _LONGEST_NAME:
        half = _LONGEST_NAME // 2
        shown = f"{shown[:half]}…{shown[1 - half :]}"
    return shown or "unnamed"


def _missing(given: str) -> str:
    if _ADDRESS.match(given):
        return "Addresses are not fetched; save the page and add the file."
    return "There is no such file or folder."


def _walk(folder: Path, outside: Path | None) -> Iterator[File]:
    root = os.path.realpath(folder)
    barred = os.path.realpath(outside) if outside else None
    unreadable: list[OSError] = []
    empty = True
    for place, folders, files in os.walk(root, onerror=unreadable.append):
        parts = _parts_of_pages(files)
        folders[:] = sorted(
            f
            for f in folders
            if not f.startswith(".") and f not in parts and os.path.join(place, f) != barred
        )
        for name in sorted(files):
            path = Path(place, name)
            if name.startswith(".") or not path.is_file() or not _inside(path, root):
                continue
            empty = False
            relative = clean_name(path.relative_to(root).as_posix())
            if kind := _NO_ARTICLE.fullmatch(name):
                yield File(path, relative, problem=_LEFT_OUT.format(kind[1].upper()))
            else:
                yield File(path, relative, _stored(os.path.realpath(path)))
    for error in unreadable:
        yield File(folder, clean_name(str(error.filename)), problem=f"{error.strerror}.")
    if empty and not unreadable:
        yield File(folder, clean_name(str(folder)), problem="The folder holds no files.")


def _parts_of_pages(files: Iterable[str]) -> set[str]:
    """What browsers call the folder beside a page that was saved whole."""
    pages = [page[1] for page in map(_PAGE.fullmatch, files) if page]
    return {page + ending for page in pages for ending in ("_files", ".files")}


def _inside(path: Path, root: str) -> bool:
    return not path.is_symlink() or Path(os.path.realpath(path)).is_relative_to(root)


def _stored(text: str) -> str:
    # File names may hold bytes that are no text, and those that a browser tells halves of
    # characters; the catalogue takes text only.
    return os.fsencode(_NO_BYTE.sub("\ufffd", text)).decode("utf-8", "replace")
