"""Preparation changes how a model's weights are kept, and nothing else."""

from __future__ import annotations

import threading
from pathlib import Path

import gguf
import numpy as np
import pytest
from safetensors.numpy import save_file

from assistant.errors import ModelError
from assistant.inference.preparation import file_sha256, prepare, prepared_path, write_q8_0
from tests.inference.tiny import write_tiny_model

Q4_1 = gguf.GGMLQuantizationType.Q4_1
Q8_0 = gguf.GGMLQuantizationType.Q8_0


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_tiny_model(tmp_path / "source.gguf", weights=Q4_1)


def metadata(path: Path) -> dict[str, object]:
    fields = gguf.GGUFReader(path).fields.values()
    return {f.name: f.contents() for f in fields if not f.name.startswith("GGUF.")}


def test_matrices_become_q8_0_and_vectors_stay(source: Path, tmp_path: Path) -> None:
    write_q8_0(source, tmp_path / "target.gguf")

    before = gguf.GGUFReader(source).tensors
    after = gguf.GGUFReader(tmp_path / "target.gguf").tensors
    assert [t.name for t in before] == [t.name for t in after]
    for old, new in zip(before, after, strict=True):
        assert old.shape.tolist() == new.shape.tolist()
        if len(old.shape) == 1:
            assert new.tensor_type == old.tensor_type
            assert np.array_equal(old.data, new.data)
        else:
            assert new.tensor_type == Q8_0
            was = gguf.dequantize(old.data, old.tensor_type)
            now = gguf.dequantize(new.data, new.tensor_type)
            # Half a step of the finest scale that Q8_0 gives a block of 32.
            assert np.abs(was - now).max() <= np.abs(was).max() / 127


def test_metadata_is_copied_but_for_the_file_type(source: Path, tmp_path: Path) -> None:
    write_q8_0(source, tmp_path / "target.gguf")

    expected = metadata(source) | {"general.file_type": int(gguf.LlamaFileType.MOSTLY_Q8_0)}
    assert metadata(tmp_path / "target.gguf") == expected


def test_what_is_q8_0_already_is_copied_byte_for_byte(tmp_path: Path) -> None:
    source = write_tiny_model(tmp_path / "source.gguf", weights=Q8_0)
    write_q8_0(source, tmp_path / "target.gguf")

    before = gguf.GGUFReader(source).tensors
    after = gguf.GGUFReader(tmp_path / "target.gguf").tensors
    assert all(np.array_equal(a.data, b.data) for a, b in zip(before, after, strict=True))


def test_prepared_once_and_then_found(source: Path, tmp_path: Path) -> None:
    folder = tmp_path / "cache" / "models"
    path = prepare(source, file_sha256(source), folder)
    content = path.read_bytes()
    source_sha256 = file_sha256(source)
    source.unlink()

    assert prepare(source, source_sha256, folder) == path
    assert path.read_bytes() == content
    assert not list(folder.glob("*.unfinished"))


def test_another_source_has_another_place(tmp_path: Path) -> None:
    assert prepared_path("a" * 64, tmp_path) != prepared_path("b" * 64, tmp_path)


def test_a_damaged_source_is_refused_and_leaves_nothing(source: Path, tmp_path: Path) -> None:
    sha256 = file_sha256(source)
    data = bytearray(source.read_bytes())
    data[-1] ^= 1
    source.write_bytes(data)

    with pytest.raises(ModelError, match="damaged") as caught:
        prepare(source, sha256, tmp_path / "cache")
    assert caught.value.hint
    assert not list((tmp_path / "cache").glob("*.gguf"))


def test_a_folder_that_cannot_be_made_is_a_model_error(source: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file is in the way")

    with pytest.raises(ModelError, match="cannot be prepared"):
        prepare(source, file_sha256(source), tmp_path / "cache" / "models")


def test_two_at_once_make_it_once(source: Path, tmp_path: Path) -> None:
    sha256 = file_sha256(source)
    paths: list[Path] = []
    threads = [
        threading.Thread(target=lambda: paths.append(prepare(source, sha256, tmp_path / "cache")))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(paths) == 4
    assert len(set(paths)) == 1
    assert gguf.GGUFReader(paths[0]).tensors


def learned(path: Path, **factors: np.ndarray) -> Path:
    save_file({name.replace("__", "."): value for name, value in factors.items()}, path)
    return path


def weights(path: Path, name: str) -> np.ndarray:
    tensor = next(t for t in gguf.GGUFReader(path).tensors if t.name == name)
    return gguf.dequantize(tensor.data, tensor.tensor_type)


def test_what_was_learned_is_merged_into_its_own_tensor(source: Path, tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    thin = random.normal(size=(4, 64)).astype(np.float16)
    tall = random.normal(size=(64, 4)).astype(np.float16)
    adapter = learned(
        tmp_path / "a.safetensors",
        blk__1__attn_q__weight__a=thin,
        blk__1__attn_q__weight__b=tall,
    )
    plain = prepare(source, file_sha256(source), tmp_path / "cache")
    path = prepare(source, file_sha256(source), tmp_path / "cache", adapter)

    assert path != plain
    expected = weights(source, "blk.1.attn_q.weight") + tall.astype(np.float32) @ thin
    now = weights(path, "blk.1.attn_q.weight")
    assert np.abs(now - expected).max() <= np.abs(expected).max() / 127
    for name in ("blk.0.attn_q.weight", "token_embd.weight", "output_norm.weight"):
        assert np.array_equal(weights(path, name), weights(plain, name))


@pytest.mark.parametrize(
    ("name", "shape"), [("blk__9__attn_q__weight", (64, 4)), ("blk__1__attn_q__weight", (32, 4))]
)
def test_an_adapter_of_another_model_is_refused(
    source: Path, tmp_path: Path, name: str, shape: tuple[int, int]
) -> None:
    factors = {f"{name}__a": np.ones((4, 64), np.float16), f"{name}__b": np.ones(shape, np.float16)}
    adapter = learned(tmp_path / "a.safetensors", **factors)
    with pytest.raises(ModelError, match="another model"):
        prepare(source, file_sha256(source), tmp_path / "cache", adapter)
    assert not list((tmp_path / "cache").glob("*.gguf"))


@pytest.mark.parametrize("content", [b"", b"no tensors", None])
def test_a_damaged_adapter_is_told(source: Path, tmp_path: Path, content: bytes | None) -> None:
    adapter = tmp_path / "a.safetensors"
    if content is None:
        learned(adapter, blk__1__attn_q__weight__a=np.ones((4, 64), np.float16))
    else:
        adapter.write_bytes(content)
    with pytest.raises(ModelError, match="cannot be read"):
        prepare(source, file_sha256(source), tmp_path / "cache", adapter)
