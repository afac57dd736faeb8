"""Readers' names and passwords: a file with a line ``name:hash`` for each of them.

A password itself is kept nowhere: a line holds what scrypt makes of it with a salt of its own.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import UsageError
from assistant.files import write_whole
from assistant.records import Record

LONGEST_PASSWORD = 1_000
_SHORTEST = 8
_HINT = "Its lines are made by: assistant password FILE NAME"
_KIND = "scrypt"
_SALT_BYTES, _KEY_BYTES = 16, 32
# What a check costs: 16 MB, and some tenths of a second.
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


def read_accounts(file: Path) -> Accounts:
    """The accounts of a file; empty lines, and those that begin with ``#``, count for nothing.

    Raises:
        UsageError: the file cannot be read, holds no account, or a line that is none.
    """
    found: dict[str, Secret] = {}
    for number, line in enumerate(_lines(file), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        name, secret = _parsed(line.strip(), f"Line {number} of {file}")
        if name in found:
            raise UsageError(f"The name {name!r} is twice in {file}.", "Remove one of its lines.")
        found[name] = secret
    if not found:
        raise UsageError(f"The file {file} names nobody who may sign in.", _HINT)
    return Accounts(found)


def keep_password(file: Path, name: str, password: str) -> None:
    """Lets a reader sign in with a password, in place of an earlier one.

    Args:
        file: gets a line of that name; it is made if absent, readable by its owner alone.
        name: any printable text without a colon.
        password: from 8 to 1,000 characters.

    Raises:
        UsageError: the name or the password cannot be used, or the file is no text.
        OSError: the file cannot be written.
    """
    check_name(name)
    check_length(password)
    lines = _lines(file) if file.exists() else []
    kept = [line for line in lines if line.strip().rpartition(":")[0] != name]
    salt = secrets.token_bytes(_SALT_BYTES)
    hashed = "$".join(base64.b64encode(part).decode() for part in (salt, _key(password, salt)))
    write_whole(file, "\n".join([*kept, f"{name}:{_KIND}${hashed}", ""]))
    file.chmod(0o600)


def check_name(name: str) -> None:
    """Raises a UsageError where a reader cannot be called so."""
    if not name or name != name.strip() or name[0] == "#" or ":" in name or not name.isprintable():
        raise UsageError(f"The name {name!r} cannot be used.", "Use letters, digits and spaces.")


def check_length(password: str) -> None:
    """Raises a UsageError where a password is too short or too long."""
    if not _SHORTEST <= len(password) <= LONGEST_PASSWORD:
        raise UsageError(
            f"The password is not between {_SHORTEST} and {LONGEST_PASSWORD:,} characters long.",
            "Take some words that nobody would guess.",
        )


def _lines(file: Path) -> list[str]:
    try:
        # not splitlines: a name may hold what that takes for the end of a line
        return file.read_text(encoding="utf-8").removesuffix("\n").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise UsageError(f"The file {file} cannot be read: {reason}.", _HINT) from error


def _parsed(line: str, where: str) -> tuple[str, Secret]:
    name, _, hashed = line.rpartition(":")
    kind, *parts = hashed.split("$")
    try:
        salt, key = (base64.b64decode(part, validate=True) for part in parts)
    except ValueError:
        salt = key = b""
    if not name or kind != _KIND or (len(salt), len(key)) != (_SALT_BYTES, _KEY_BYTES):
        # The line is not shown: it may hold a password.
        raise UsageError(f"{where} is no name with a hashed password.", _HINT)
    return name, Secret(salt, key)


def _key(password: str, salt: bytes) -> bytes:
    given = password.encode("utf-8", "surrogatepass")
    return hashlib.scrypt(given, salt=salt, **_COST, maxmem=2**26, dklen=_KEY_BYTES)
