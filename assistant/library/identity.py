"""Which source of the library a file is: one that is there already, or a new one."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import PurePosixPath

from assistant.library.journal import Version


class Identities:
    """The sources of a library as they stand while files are added to it.

    Args:
        versions: the newest version of each source.
        titles: gives the titles of a version's articles, by its row.
    """

    def __init__(self, versions: list[Version], titles: Callable[[int], set[str]]) -> None:
        self._titles = titles
        self._by_name: dict[str, Version] = {}
        self._by_bytes: dict[str, Version] = {}
        self._by_path: dict[str | None, Version] = {}
        for version in versions:
            self.keep(version)

    def same_bytes(self, sha256: str) -> Version | None:
        """The source with exactly these bytes."""
        return self._newest(self._by_bytes.get(sha256))

    def same_source(self, path: str | None, file_name: str, titles: set[str]) -> Version | None:
        """The source that a file with other bytes is a newer version of.

        It is the one read from the same path. Otherwise the file may have moved: then it is the
        source of the same file name, not to be found at its path any more, that shares the most
        article titles with the file, and at least one.
        """
        if path is not None and (version := self._newest(self._by_path.get(path))):
            return version
        moved = [v for v in self._by_name.values() if v.file_name == file_name and is_gone(v)]
        shared = [(len(titles & self._titles(version.row)), version) for version in moved]
        most, version = max(shared, key=lambda pair: pair[0], default=(0, None))
        return version if most else None

    def free_name(self, wanted: str) -> str:
        """The wanted name, or the first of ``name (2).html``, ``name (3).html``, … that is free."""
        name, number = wanted, 1
        path = PurePosixPath(wanted)
        while name in self._by_name:
            number += 1
            name = str(path.with_name(f"{path.stem} ({number}){path.suffix}"))
        return name

    def keep(self, version: Version) -> None:
        """Takes note of a version that has just been staged or moved."""
        self._by_name[version.name] = version
        self._by_bytes[version.sha256] = version
        self._by_path[version.path] = version

    def _newest(self, version: Version | None) -> Version | None:
        # What was kept under its bytes or path may have been replaced since.
        current = version is not None and self._by_name[version.name] == version
        return version if current else None


def is_gone(version: Version) -> bool:
    """Whether a source's file is not where it was, or where it was is not known."""
    return version.path is None or not os.path.exists(version.path)
