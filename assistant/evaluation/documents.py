"""A library of the texts that come with a question set."""

from __future__ import annotations

import json
import re
import string
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from assistant.errors import UsageError
from assistant.evaluation.questions import Document
from assistant.inference.embedding import Embedder
from assistant.library.store import Library
from assistant.records import Progress

_PUNCTUATION = re.compile(f"([{re.escape(string.punctuation)}])")


def document_library(
    documents: Sequence[Document],
    folder: Path,
    embedder: Embedder,
    progress: Callable[[Progress], None] | None = None,
) -> Library:
    """Opens the library of some documents; adds those that are not in it yet.

    Each document is read as any saved page is. Its source is named as it says.

    Args:
        documents: the texts.
        folder: where the library lies; made if absent.
        embedder: embeds the passages.
        progress: told of files read and passages embedded.

    Raises:
        LibraryError: the folder holds something else.
        UsageError: none of the documents can be read.
    """
    library = Library.open(folder, embedder)
    try:
        with tempfile.TemporaryDirectory() as pages:
            names = {}
            for place, document in enumerate(documents):
                path = Path(pages) / f"{place}.md"
                path.write_bytes(_markdown(document).encode("utf-8", "replace"))
                names[path] = document.source
            report = library.add(list(names), progress=progress, names=names)
        if documents and len(report.failed) == len(documents):
            raise UsageError(
                f"None of the {len(documents)} texts that come with the questions can be read.",
                report.failed[0].reason,
            )
    except BaseException:
        library.close()
        raise
    return library


def _markdown(document: Document) -> str:
    """The document as a Markdown page; with every punctuation mark escaped, it says what it says.

    Source: CommonMark 0.31, "Backslash escapes".
    """
    title = json.dumps(document.title or document.source)
    return f"---\ntitle: {title}\n---\n\n" + _PUNCTUATION.sub(r"\\\1", document.text)
