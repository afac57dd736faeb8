"""Which models there are, and how to load them."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Literal

from assistant.errors import ModelError, UsageError
from assistant.inference.crossencoder import RANKING_PIECES, AdaptedCrossEncoder, CrossEncoder
from assistant.inference.embedding import Embedder, SentenceTransformerEmbedder
from assistant.inference.generation import Generator
from assistant.inference.llama import LlamaGenerator
from assistant.inference.preparation import file_sha256, prepare, prepared_path
from assistant.inference.spans import AdaptedSpanReader, SpanReader
from assistant.records import Record
from assistant.resources import resource
from assistant.settings import cache_folder

Kind = Literal["embedder", "generator"]

DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class CatalogueEntry(Record):
    """A model that comes with the install, as models/catalogue.toml describes it.

    ``file`` is the path, inside the distribution ``package``, of its weights; ``adapter`` the
    file in models/ with what it learned here on top of them, if anything.
    """

    name: str
    kind: Kind
    default: bool
    package: str
    file: str
    bytes: int
    sha256: str
    licence: str
    description: str
    adapter: str = ""

    @property
    def path(self) -> Path | None:
        """Where the weights lie; None if the package is not installed."""
        try:
            return Path(str(distribution(self.package).locate_file(self.file)))
        except PackageNotFoundError:
            return None

    @property
    def adapter_path(self) -> Path | None:
        """Where the adapter lies; None for a model as it came."""
        return resource("models", self.adapter) if self.adapter else None


@dataclass(frozen=True, slots=True)
class ModelInfo(Record):
    """A model of the catalogue and the state of its files.

    ``path`` is where the weights lie or should lie ("" if their package is not installed) and
    ``bytes`` their size; ``whole`` says that their checksum is the known one, ``prepared`` that
    the model can be loaded at once.
    """

    name: str
    kind: Kind
    default: bool
    path: str
    bytes: int
    present: bool
    whole: bool
    prepared: bool
    licence: str
    note: str


@cache
def catalogue() -> tuple[CatalogueEntry, ...]:
    """The models of models/catalogue.toml, in its order."""
    table = tomllib.loads(resource("models", "catalogue.toml").read_text(encoding="utf-8"))
    return tuple(CatalogueEntry(**entry) for entry in table["model"])


def known_model(name: str, kind: Kind) -> CatalogueEntry | None:
    """The model of the catalogue that a setting names; None where it names none of them."""
    for entry in catalogue():
        if entry.kind == kind and (entry.name == name or (name == DEFAULT and entry.default)):
            return entry
    return None


def load_embedder(name: str = DEFAULT, threads: int = 0) -> Embedder:
    """Loads an embedding model.

    Args:
        name: "default", or a name of the catalogue.
        threads: processor threads, for the whole process; 0 leaves torch's own choice.

    Raises:
        UsageError: the catalogue has no embedding model of that name.
        ModelError: its files are missing or damaged.
    """
    entry = known_model(name, "embedder")
    if entry is None:
        raise UsageError(f"There is no embedding model {name!r}.", _choices("embedder"))
    # The revision names the weights, so that other weights never meet an older model's vectors.
    return SentenceTransformerEmbedder(
        _present(entry).parent, entry.name, revision=entry.sha256[:12], threads=threads
    )


def load_reranker(threads: int = 0) -> CrossEncoder:
    """Loads the reranker that comes with the install: the default embedding model, adapted.

    Args:
        threads: processor threads, for the whole process; 0 leaves torch's own choice.

    Raises:
        ModelError: the embedding model's files are missing.
    """
    adapter = resource("models", "ranking.safetensors")
    return AdaptedCrossEncoder(_default_embedder(), adapter, RANKING_PIECES, threads)


def load_span_reader(threads: int = 0) -> SpanReader:
    """Loads the span reader that comes with the install: the default embedding model, adapted.

    Args:
        threads: processor threads, for the whole process; 0 leaves torch's own choice.

    Raises:
        ModelError: the embedding model's files are missing.
    """
    adapter = resource("models", "spans.safetensors")
    return AdaptedSpanReader(_default_embedder(), adapter, threads)


def _default_embedder() -> Path:
    entry = known_model(DEFAULT, "embedder")
    if entry is None:
        raise AssertionError("the catalogue has a default embedding model")
    return _present(entry).parent


def load_generator(
    name_or_path: str = DEFAULT, context_tokens: int = 2048, threads: int = 0
) -> Generator:
    """Loads a language model; one of the catalogue is prepared first if that was not done yet.

    Preparing takes some seconds, once: the result is kept in the user's cache folder.

    Args:
        name_or_path: "default", a name of the catalogue, or the path of a GGUF file.
        context_tokens: most tokens of prompt and reply together.
        threads: processor threads; 0: all cores that this process may use.

    Raises:
        UsageError: neither the catalogue nor the disk has that model.
        ModelError: its file is missing, damaged or of an unknown kind.
    """
    entry = known_model(name_or_path, "generator")
    if entry is not None:
        path = prepare(_present(entry), entry.sha256, _prepared_folder(), entry.adapter_path)
        return LlamaGenerator(path, entry.name, context_tokens, threads, bool(entry.adapter))
    path = own_model_file(name_or_path)
    return LlamaGenerator(path, path.stem, context_tokens, threads)


def own_model_file(name_or_path: str) -> Path:
    """The file of a language model that is not in the catalogue.

    Raises:
        UsageError: there is no such file.
    """
    path = Path(os.path.expanduser(name_or_path))
    if not os.path.isfile(path):  # unlike Path.is_file, it takes any name
        raise UsageError(
            f"There is no language model {name_or_path!r}: it is neither a known name nor a file.",
            _choices("generator") + " Any GGUF file can be given by its path.",
        )
    return path


def model_sha256(name_or_path: str = DEFAULT) -> str:
    """The checksum of a language model's file, "" if there is none of that name; with an adapter,
    that of both."""
    entry = known_model(name_or_path, "generator")
    if entry is not None:
        if entry.adapter_path is None:
            return entry.sha256
        return sha256((entry.sha256 + file_sha256(entry.adapter_path)).encode()).hexdigest()
    path = Path(os.path.expanduser(name_or_path))
    return file_sha256(path) if os.path.isfile(path) else ""


def model_identity(name_or_path: str = DEFAULT) -> str:
    """What a language model is called so that no other is: a known one by its name and the
    beginning of its checksum, a file by its path."""
    entry = known_model(name_or_path, "generator")
    return f"{entry.name} {model_sha256(entry.name)[:12]}" if entry else name_or_path


def installed_models() -> list[ModelInfo]:
    """The models of the catalogue, each with the state of its files; reads all of each file."""
    return [_info(entry) for entry in catalogue()]


def _info(entry: CatalogueEntry) -> ModelInfo:
    path = entry.path
    present = path is not None and path.is_file()
    whole = present and path is not None and file_sha256(path) == entry.sha256
    prepared = prepared_path(entry.sha256, _prepared_folder(), entry.adapter_path)
    ready = entry.kind == "embedder" or prepared.is_file()
    if not present:
        note = f"Missing: install the package {entry.package}."
    elif not whole:
        note = f"Damaged: install the package {entry.package} again."
    else:
        note = entry.description
    return ModelInfo(
        name=entry.name,
        kind=entry.kind,
        default=entry.default,
        path=str(path or ""),
        bytes=path.stat().st_size if present and path is not None else 0,
        present=present,
        whole=whole,
        prepared=present and ready,
        licence=entry.licence,
        note=note,
    )


def _present(entry: CatalogueEntry) -> Path:
    path = entry.path
    if path is None or not path.is_file():
        raise ModelError(
            f"The files of the model {entry.name} are missing.",
            f"Install the package {entry.package} in the version of constraints.txt.",
        )
    return path


def _choices(kind: Kind) -> str:
    names = ", ".join(entry.name for entry in catalogue() if entry.kind == kind)
    return f"Known names: {DEFAULT}, {names}."


def _prepared_folder() -> Path:
    return cache_folder() / "models"
