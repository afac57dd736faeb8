"""The folder that a library lies in."""

from __future__ import annotations

from pathlib import Path

from assistant.errors import LibraryError, UsageError
from assistant.library.locking import LOCK_FILE

DATABASE = "catalogue.sqlite"


def library_folder(folder: Path) -> Path:
    """The folder, made if absent.

    Raises:
        LibraryError: it cannot be used, or holds other files and no library.
    """
    _refuse_file(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        names = {path.name for path in folder.iterdir() if not path.name.startswith(".")}
    except OSError as error:
        raise LibraryError(
            f"The library's folder {folder} cannot be used: {error.strerror}.",
            "Choose another folder.",
        ) from error
    if names and DATABASE not in names and names != {LOCK_FILE}:
        raise LibraryError(
            f"The folder {folder} holds other files and no library.",
            "Choose an empty folder, or one that does not exist yet.",
        )
    return folder


def require_library(folder: Path) -> None:
    """Makes sure that a library lies in the folder, so that none is made where one was mistyped.

    Raises:
        LibraryError: it is a file.
        UsageError: it is absent, or holds no library.
    """
    _refuse_file(folder)
    if not (folder / DATABASE).exists():
        raise UsageError(
            f"There is no library at {folder}.",
            "Check the name, or make one with `assistant add`.",
        )


def _refuse_file(folder: Path) -> None:
    if folder.is_file():
        raise LibraryError(f"{folder} is a file, not a folder.", "Choose another folder.")
