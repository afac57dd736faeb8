"""Writes files that others may read at any time."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Writes a text as UTF-8, in the place of an earlier file; what UTF-8 cannot hold becomes "?".

    Whoever reads the file finds the old text or all of the new one, also when the writing is
    killed half-way.

    Raises:
        OSError: the folder is not there, cannot be written to, or is full.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        draft.write_bytes(text.encode("utf-8", "replace"))
        draft.replace(path)
    except OSError as error:
        # of the file that was meant: nobody knows of the draft
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        draft.unlink(missing_ok=True)
