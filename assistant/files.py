"""Writes files that others may read at any time."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def write_whole(path: Path, content: str | bytes) -> None:
    """Writes a file in the place of an earlier one, a text as UTF-8; what that cannot hold is "?".

    Whoever reads the file finds the old content or all of the new one, also when the writing is
    killed half-way.

    Raises:
        OSError: the folder is not there, cannot be written to, or is full.
    """
    data = content.encode("utf-8", "replace") if isinstance(content, str) else content
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        draft.write_bytes(data)
        draft.replace(path)
    except OSError as error:
        # of the file that was meant: nobody knows of the draft
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        draft.unlink(missing_ok=True)
