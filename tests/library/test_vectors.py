from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from assistant.errors import LibraryError, ModelError
from assistant.inference.embedding import Vectors as VectorArray
from assistant.library.vectors import Vectors, collection_name

WIDTH = 8


def unit_vectors(count: int, seed: int = 0) -> VectorArray:
    made = np.random.default_rng(seed).normal(size=(count, WIDTH)).astype(np.float32)
    unit: VectorArray = made / np.linalg.norm(made, axis=1, keepdims=True)
    return unit


def names(count: int, prefix: str = "p") -> list[str]:
    return [f"{prefix}{number}" for number in range(count)]


@pytest.fixture
def vectors(tmp_path: Path) -> Iterator[Vectors]:
    made = Vectors.open(tmp_path / "vectors", "hash", "1")
    made.refresh(0)
    yield made
    made.close()


def held_below(folder: Path) -> list[str]:
    """The files in a folder that this process holds open."""
    held = [os.path.realpath(f"/proc/self/fd/{number}") for number in os.listdir("/proc/self/fd")]
    return [path for path in held if path.startswith(str(folder))]


def in_another_process(folder: Path, code: str) -> None:
    script = (
        "import sys; from pathlib import Path; from assistant.library.vectors import Vectors\n"
        "from tests.library.test_vectors import unit_vectors, names\n"
        "vectors = Vectors.open(Path(sys.argv[1]), 'hash', '1'); vectors.refresh(0)\n"
        f"{code}\nvectors.close()"
    )
    subprocess.run([sys.executable, "-c", script, str(folder)], check=True)


def test_nothing_is_found_where_nothing_is(vectors: Vectors) -> None:
    assert vectors.nearest(unit_vectors(1)[0], 5) == []
    assert vectors.similarities(unit_vectors(1)[0], ["p1"]) == {}
    assert vectors.present(["p1"]) == vectors.readable() == set()
    assert not vectors.path.exists()
    vectors.delete(["p1"])


def test_the_nearest_come_first_with_their_cosine(vectors: Vectors) -> None:
    made = unit_vectors(50)
    vectors.upsert(names(50), made)
    cosines = made @ made[7]
    expected = [f"p{i}" for i in np.argsort(-cosines)[:10]]
    found = vectors.nearest(made[7], 10)
    assert [passage_id for passage_id, _ in found] == expected
    assert found[0][1] == pytest.approx(1.0, abs=1e-5)
    assert [s for _, s in found] == pytest.approx(sorted(cosines, reverse=True)[:10], abs=1e-5)
    exact = vectors.similarities(made[7], ["p3", "none", "p9"])
    assert exact == pytest.approx({"p3": cosines[3], "p9": cosines[9]}, abs=1e-5)


def test_storing_again_is_the_same_as_once(vectors: Vectors) -> None:
    made = unit_vectors(5)
    for _ in range(3):
        vectors.upsert(names(5), made)
    assert len(vectors.nearest(made[0], 99)) == 5
    vectors.delete(["p0", "none"])
    vectors.delete(["p0"])
    assert vectors.readable() == vectors.present(names(9)) == {"p1", "p2", "p3", "p4"}


def test_more_than_one_batch_goes_in_and_comes_out(vectors: Vectors) -> None:
    count = 6_000
    assert count > 5_461  # what Chroma takes at once here
    vectors.upsert(names(count), unit_vectors(count))
    assert vectors.readable() == set(names(count))
    vectors.delete(names(count)[10:])
    assert vectors.readable() == set(names(10))


def test_near_duplicates_hide_nothing(vectors: Vectors) -> None:
    centre, noise = unit_vectors(1), unit_vectors(1_100, seed=1)
    made = np.concatenate([unit_vectors(4, seed=2), centre + 0.02 * noise])
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    vectors.upsert(names(len(made)), made)
    assert len(vectors.nearest(made[0], 9_999)) == len(made)
    for number in range(0, len(made), 50):
        assert vectors.nearest(made[number], 1)[0] == (f"p{number}", pytest.approx(1.0, abs=1e-5))


@pytest.mark.slow
def test_a_store_too_large_to_compare_all_is_searched_by_its_index(vectors: Vectors) -> None:
    count = 20_200
    made = unit_vectors(count)
    vectors.upsert(names(count), made)
    expected = {f"p{i}" for i in np.argsort(-(made @ made[7]))[:40]}
    found = vectors.nearest(made[7], 40)
    assert found[0] == ("p7", pytest.approx(1.0, abs=1e-5))
    assert len(expected & {passage_id for passage_id, _ in found}) >= 38
    vectors.delete(["p7"])
    assert "p7" not in dict(vectors.nearest(made[7], 40))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_no_number_never_goes_in(vectors: Vectors, bad: float) -> None:
    made = unit_vectors(3)
    made[1, 2] = bad
    with pytest.raises(ModelError, match="not made of numbers"):
        vectors.upsert(names(3), made)
    assert vectors.readable() == set()
    vectors.upsert(["p"], unit_vectors(1))
    with pytest.raises(ModelError):
        vectors.nearest(made[1], 1)


def test_vectors_outlive_the_client(tmp_path: Path) -> None:
    for number in range(3):
        vectors = Vectors.open(tmp_path / "vectors", "hash", "1")
        vectors.refresh(0)
        vectors.upsert([f"p{number}"], unit_vectors(1, seed=number))
        vectors.close()
    vectors = Vectors.open(tmp_path / "vectors", "hash", "1")
    vectors.refresh(0)
    assert vectors.readable() == {"p0", "p1", "p2"}
    vectors.close()


def test_one_client_for_a_path_however_it_is_spelled(tmp_path: Path, vectors: Vectors) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    other = Vectors.open(tmp_path / "link" / "." / "vectors", "hash", "1")
    assert other is vectors
    other.close()
    vectors.upsert(["p"], unit_vectors(1))  # still open for its first user


def test_closing_frees_the_files(tmp_path: Path) -> None:
    vectors = Vectors.open(tmp_path / "vectors", "hash", "1")
    vectors.refresh(0)
    vectors.upsert(["p"], unit_vectors(1))
    vectors.close()
    deadline = time.monotonic() + 10  # Chroma's own threads end in their own time
    while held_below(tmp_path) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert held_below(tmp_path) == []


def test_what_another_process_wrote_is_found_after_a_refresh(vectors: Vectors) -> None:
    vectors.upsert(["p0"], unit_vectors(1))
    assert len(vectors.nearest(unit_vectors(1)[0], 99)) == 1
    in_another_process(
        vectors.path,
        "vectors.upsert(names(30, 'new'), unit_vectors(30, 9)); vectors.delete(['p0'])",
    )
    target = unit_vectors(30, 9)[4]
    assert "new4" not in dict(vectors.nearest(target, 99))  # or the numbers were for nothing
    vectors.refresh(0)
    assert "new4" not in dict(vectors.nearest(target, 99))
    vectors.refresh(1)
    assert vectors.nearest(target, 1)[0][0] == "new4"
    assert vectors.readable() == set(names(30, "new"))


def test_a_view_that_is_behind_heals_itself_where_it_must(vectors: Vectors) -> None:
    vectors.upsert(["p0"], unit_vectors(1))
    vectors.nearest(unit_vectors(1)[0], 1)
    in_another_process(vectors.path, "vectors.upsert(['new'], unit_vectors(1, 5))")
    exact = vectors.similarities(unit_vectors(1, 5)[0], ["new"])
    assert exact == pytest.approx({"new": 1.0}, abs=1e-5)


def test_truncated_files_are_told_as_damage(tmp_path: Path) -> None:
    folder = tmp_path / "vectors"
    vectors = Vectors.open(folder, "hash", "1")
    vectors.refresh(0)
    vectors.upsert(names(3_000), unit_vectors(3_000))
    vectors.close()
    for path in folder.glob("*/data_level0.bin"):
        os.truncate(path, 1_000)
    vectors = Vectors.open(folder, "hash", "1")
    with pytest.raises(LibraryError, match="cannot be used") as damaged:
        vectors.refresh(0)
    assert "doctor --repair" in damaged.value.hint
    vectors.close()


def test_a_store_that_is_no_store_is_told_as_damage(tmp_path: Path) -> None:
    (tmp_path / "vectors").mkdir()
    (tmp_path / "vectors" / "chroma.sqlite3").write_bytes(b"no database" * 500)
    vectors = Vectors.open(tmp_path / "vectors", "hash", "1")
    with pytest.raises(LibraryError, match="cannot be used"):
        vectors.refresh(0)
    vectors.close()


def test_a_foreign_collection_of_our_name_is_refused(tmp_path: Path) -> None:
    import chromadb
    from chromadb.config import Settings

    folder = tmp_path / "vectors"
    client = chromadb.PersistentClient(str(folder), Settings(anonymized_telemetry=False))
    client.create_collection(
        collection_name("hash", "1"),
        embedding_function=None,
        configuration={"hnsw": {"space": "l2"}},
    )
    client.close()
    vectors = Vectors.open(folder, "hash", "1")
    with pytest.raises(LibraryError, match="not written by this program"):
        vectors.refresh(0)
    vectors.close()


def test_the_collection_names_its_embedder_and_its_measure(vectors: Vectors) -> None:
    vectors.upsert(["p"], unit_vectors(1))
    collection = vectors._collection
    assert collection.name == collection_name("hash", "1")
    assert collection.metadata == {"embedder": "hash", "revision": "1"}
    assert collection.configuration_json["hnsw"]["space"] == "cosine"
    assert collection.get(include=["metadatas", "documents"])["documents"] == [None]


def test_a_file_named_env_in_the_working_folder_sets_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("ALLOW_RESET=true\nANONYMIZED_TELEMETRY=true\nIS_PERSISTENT=0")
    monkeypatch.chdir(tmp_path)
    vectors = Vectors.open(tmp_path / "vectors", "hash", "1")
    vectors.refresh(0)
    vectors.upsert(["p"], unit_vectors(1))
    settings = vectors._client.get_settings()
    assert (settings.allow_reset, settings.anonymized_telemetry) == (False, False)
    vectors.close()


def test_a_second_embedder_is_not_let_in(tmp_path: Path, vectors: Vectors) -> None:
    with pytest.raises(LibraryError, match="another embedding model"):
        Vectors.open(tmp_path / "vectors", "hash", "2")


@pytest.mark.parametrize(
    ("embedder", "revision"),
    [("sentence-transformers/all-MiniLM-L6-v2", "1"), ("", ""), ("é" * 600, "x/y z"), ("..", "--")],
)
def test_collection_names_are_such_as_chroma_takes(embedder: str, revision: str) -> None:
    name = collection_name(embedder, revision)
    assert 3 <= len(name) <= 512
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")
    assert name[0].isalnum()
    assert name[-1].isalnum()


def test_different_pairs_have_different_collections() -> None:
    pairs = [("a-b", "c"), ("a", "b-c"), ("a/b", "c"), ("a b", "c")]
    assert len({collection_name(*pair) for pair in pairs}) == len(pairs)
