"""Readers' names and passwords: a file with a line ``name:hash`` for each of them.

A password itself is kept nowhere: a line holds what scrypt makes of it with a salt of its own.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import UsageError
from assistant.records import Record

_MADE_BY = "Make each line with `assistant password NAME >> FILE`."
_KIND = "scrypt"
_SALT_BYTES, _KEY_BYTES = 16, 32
_SHORTEST = 8
_LONGEST = 1_000
# What a check costs: 16 MB, and a fifth of a second.
_COST = {"n": 2**14, "r": 8, "p": 5}


@dataclass(frozen=True, slots=True)
class Secret(Record):
    """What is kept of a password."""

    salt: bytes
    key: bytes


@dataclass(frozen=True, slots=True)
class Accounts(Record):
    """The readers who may sign in, with what is kept of their passwords."""

    secrets: Mapping[str, Secret]

    def check(self, name: str, password: str) -> bool:
        """Whether the password is that of the reader; takes as long for a name that is none."""
        secret = self.secrets.get(name, _NOBODY)
        same = hmac.compare_digest(_key(password, secret.salt), secret.key)
        return same and name in self.secrets


_NOBODY = Secret(bytes(_SALT_BYTES), bytes(_KEY_BYTES))


def account_line(name: str, password: str) -> str:
    """The line of the file that lets a reader sign in.

    Raises:
        UsageError: the name cannot stand in the file, or the password is too short or too long.
    """
    if not name.strip() or name != name.strip() or ":" in name or not name.isprintable():
        raise UsageError(
            f"The name {name!r} cannot be used.", "Use letters, digits and spaces, and no colon."
        )
    if not _SHORTEST <= len(password) <= _LONGEST:
        raise UsageError(
            f"The password is not between {_SHORTEST} and {_LONGEST:,} characters long.",
            "Take some words that nobody would guess.",
        )
    salt = secrets.token_bytes(_SALT_BYTES)
    kept = (base64.b64encode(part).decode() for part in (salt, _key(password, salt)))
    return f"{name}:{_KIND}${'$'.join(kept)}"


def read_accounts(file: Path) -> Accounts:
    """The accounts of a file; empty lines, and those that begin with ``#``, count for nothing.

    Raises:
        UsageError: the file cannot be read, holds no account, or a line that is none.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise UsageError(f"The file {file} cannot be read: {reason}.", _MADE_BY) from error
    found: dict[str, Secret] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        name, secret = _parsed(line.strip(), f"Line {number} of {file}")
        if name in found:
            raise UsageError(f"The name {name!r} is twice in {file}.", "Remove one of its lines.")
        found[name] = secret
    if not found:
        raise UsageError(f"The file {file} names nobody who may sign in.", _MADE_BY)
    return Accounts(found)


def _parsed(line: str, where: str) -> tuple[str, Secret]:
    name, _, hashed = line.rpartition(":")
    kind, *parts = hashed.split("$")
    try:
        salt, key = (base64.b64decode(part, validate=True) for part in parts)
    except (ValueError, binascii.Error):
        salt = key = b""
    if not name or kind != _KIND or (len(salt), len(key)) != (_SALT_BYTES, _KEY_BYTES):
        # The line is not shown: it may hold a password.
        raise UsageError(f"{where} is no name with a hashed password.", _MADE_BY)
    return name, Secret(salt, key)


def _key(password: str, salt: bytes) -> bytes:
    given = password.encode("utf-8", "surrogatepass")
    return hashlib.scrypt(given, salt=salt, **_COST, maxmem=2**26, dklen=_KEY_BYTES)
