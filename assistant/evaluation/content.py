"""What a question set holds before its fields are checked, and how its files are read."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NoReturn

from assistant.errors import UsageError

Format = Literal["jsonl", "csv", "squad", "beir"]
HINT = (
    "A question set is JSON Lines or CSV with id, question, answers and answerable, "
    "a SQuAD file, or a BEIR folder."
)
LARGEST = 200_000_000


@dataclass(slots=True)
class Content:
    """What a question set says: rows of fields and texts, each with its place, and problems.

    ``texts`` are source, title and text; ``problems`` are place and reason.
    """

    format: Format
    rows: list[tuple[str, Any]] = field(default_factory=list)
    texts: list[tuple[str, str, str]] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)


def read_text(path: Path, largest: int = LARGEST) -> str:
    """The text of a question set's file; UsageError where it is none or too large."""
    try:
        return plain_text(path, largest)
    except (OSError, ValueError, zlib.error) as error:
        refuse(path, getattr(error, "strerror", None) or str(error), error)


def plain_text(path: Path, largest: int = LARGEST) -> str:
    """The text of a file, gzipped or not, at most ``largest`` bytes of it.

    Raises:
        OSError, zlib.error: it cannot be read.
        ValueError: it is no text in UTF-8, or too large.
    """
    try:
        if path.exists() and not path.is_file():
            raise ValueError("it is not a file")
        with path.open("rb") as file:
            data = file.read(largest + 1)
        if data[:2] == b"\x1f\x8b":
            data = _decompressed(data, largest)
        if len(data) > largest:
            raise ValueError(f"it is larger than {largest // 1_000_000} MB")
        if b"\0" in data:
            raise ValueError("it is not a text file")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError("it is not a text file in UTF-8") from error


def _decompressed(data: bytes, largest: int) -> bytes:
    parts: list[bytes] = []
    room = largest
    while data[:2] == b"\x1f\x8b":  # a gzip file may have several members
        member = zlib.decompressobj(wbits=31)
        parts.append(member.decompress(data, room + 1))
        room -= len(parts[-1])
        if room < 0:
            raise ValueError(f"it is larger than {largest // 1_000_000} MB when decompressed")
        if not member.eof:
            raise ValueError("its compressed data is cut off")
        data = member.unused_data
    return b"".join(parts)


def refuse(path: Path, reason: str, cause: Exception | None = None) -> NoReturn:
    """Raises the UsageError of a question set that cannot be read."""
    raise UsageError(f"The question set {path} cannot be read: {reason}.", HINT) from cause


def strict_json(text: str) -> Any:
    """The value of a JSON text; ValueError for NaN and infinities too, which JSON does not have."""

    def no_json(name: str) -> NoReturn:
        raise ValueError(f"{name} is not JSON")

    return json.loads(text, parse_constant=no_json)
