"""What was measured: settings, versions, and checksums of models, library and questions."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from assistant.answering.assistant import Assistant
from assistant.inference.models import model_sha256
from assistant.resources import resource

_PACKAGE = Path(__file__).resolve().parents[1]
_PACKAGES = ("article-assistant", "chromadb", "llama-cpp-python", "sentence-transformers", "torch")
_SETTINGS = ("passages", "reranking", "evidence_tokens", "answer_tokens", "threshold")


def manifest(
    assistant: Assistant,
    questions: Path,
    passage_ids: Iterable[str],
    injections: Path | None = None,
    **chosen: object,
) -> dict[str, Any]:
    """All that a run's figures depend on, ready for JSON.

    Args:
        assistant: what is measured.
        questions: the question set's file or folder.
        passage_ids: ids of all passages of its library.
        injections: the file of instructions that are hidden in articles, if any are.
        chosen: which of its questions were chosen, and how.
    """
    library = assistant.library
    hidden = {"injections": str(injections)} if injections else {}
    hidden_sha256 = {"injections": content_sha256(injections)} if injections else {}
    return {
        "questions": str(questions),
        **hidden,
        **chosen,
        "model": assistant.model,
        "embedder": f"{library.embedder.name} {library.embedder.revision}",
        "settings": {name: getattr(assistant.settings, name) for name in _SETTINGS},
        "sha256": {
            "questions": content_sha256(questions),
            **hidden_sha256,
            "index": hashlib.sha256("\n".join(sorted(passage_ids)).encode()).hexdigest(),
            "model": model_sha256(assistant.settings.model),
            "reranker": _adapter_sha256("ranking.safetensors", assistant.reranker),
            "span reader": _adapter_sha256("spans.safetensors", assistant.span_reader),
            "prompts": _files_sha256(resource("prompts"), "*.jinja"),
            "code": _files_sha256(_PACKAGE, "*.py"),
        },
        "versions": {"python": platform.python_version(), **_versions()},
    }


def content_sha256(path: Path) -> str:
    """The checksum of a file, or of all files of a folder."""
    if path.is_dir():
        return _files_sha256(path, "*")
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _adapter_sha256(file: str, used_by: object) -> str:
    """The empty string where nothing uses it."""
    return "" if used_by is None else content_sha256(resource("models", file))


def _files_sha256(folder: Path, pattern: str) -> str:
    digest = hashlib.sha256()
    for file in sorted(path for path in folder.rglob(pattern) if path.is_file()):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _versions() -> dict[str, str]:
    known = {}
    for package in _PACKAGES:
        try:
            known[package] = version(package)
        except PackageNotFoundError:
            known[package] = "not installed as a package"
    return known
