"""The real embedder: unit vectors, in the order of the texts, whatever the texts are."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from assistant.errors import ModelError
from assistant.inference.embedding import Embedder, SentenceTransformerEmbedder
from assistant.inference.models import catalogue

pytestmark = pytest.mark.real

TEXTS = ["The summit lasted three days.", "", "Cats sleep.", "word " * 2_000, "\ud800 lone", "🎉"]


def test_rows_are_unit_vectors(minilm: Embedder) -> None:
    vectors = minilm.embed_passages(TEXTS)

    assert vectors.shape == (len(TEXTS), minilm.dimension) == (6, 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)


def test_each_text_keeps_its_place(minilm: Embedder) -> None:
    together = minilm.embed_passages(TEXTS)
    alone = np.concatenate([minilm.embed_passages([text]) for text in TEXTS])

    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_no_texts_give_no_rows(minilm: Embedder) -> None:
    assert minilm.embed_passages([]).shape == (0, 384)
    assert minilm.embed_queries([]).shape == (0, 384)


def test_a_question_is_nearest_to_the_passage_that_answers_it(minilm: Embedder) -> None:
    passages = minilm.embed_passages(["The summit lasted three days.", "Cats sleep a lot."])
    question = minilm.embed_queries(["How long was the meeting?"])[0]

    assert int(np.argmax(passages @ question)) == 0


def test_progress_adds_up(minilm: Embedder) -> None:
    done: list[int] = []
    minilm.embed_passages([f"passage {number}" for number in range(300)], done.append)

    assert sum(done) == 300
    assert len(done) > 1


def test_tokens_are_counted_in_full_and_without_special_ones(minilm: Embedder) -> None:
    assert minilm.count_tokens("") == 0
    assert minilm.count_tokens("hello world") == 2
    assert minilm.count_tokens("word " * 3_000) == 3_000
    assert minilm.count_tokens("\ud800") == 1


def test_counting_stays_in_full_after_embedding(minilm: Embedder) -> None:
    minilm.embed_passages(["word " * 3_000])

    assert minilm.count_tokens("word " * 3_000) == 3_000


def test_threads_may_embed_and_count_at_once(minilm: Embedder) -> None:
    expected = minilm.embed_queries(["question"])
    wrong: list[object] = []

    def work() -> None:
        try:
            for _ in range(10):
                np.testing.assert_allclose(minilm.embed_queries(["question"]), expected, atol=1e-5)
                assert minilm.count_tokens("one two three") == 3
        except Exception as error:
            wrong.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_the_revision_names_the_weights(minilm: Embedder) -> None:
    entry = next(entry for entry in catalogue() if entry.kind == "embedder")

    assert minilm.name == entry.name
    assert entry.sha256.startswith(minilm.revision)


def test_loading_and_embedding_print_nothing_and_call_nobody() -> None:
    code = (
        "import os, sys\n"
        "calls = ('socket.connect', 'socket.getaddrinfo', 'socket.gethostbyname')\n"
        "sys.addaudithook(lambda event, args: event in calls and print(event, args))\n"
        "from assistant.inference.models import load_embedder\n"
        "load_embedder().embed_passages(['one', 'two'] * 50)\n"
        "pid = os.fork()\n"  # a fork after parallel tokenising makes careless users warn
        "os._exit(0) if pid == 0 else os.waitpid(pid, 0)\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert (run.stdout, run.stderr) == ("", "")


def test_a_folder_that_is_missing_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="broken") as caught:
        SentenceTransformerEmbedder(tmp_path / "model", "broken", "1")
    assert caught.value.hint


def test_a_folder_without_a_model_is_told_at_first_use(tmp_path: Path) -> None:
    embedder = SentenceTransformerEmbedder(tmp_path, "broken", "1")

    for use in (embedder.count_tokens, lambda text: embedder.embed_queries([text])):
        with pytest.raises(ModelError, match="broken") as caught:
            use("a question")
        assert caught.value.hint


def test_nothing_heavy_is_imported_before_the_first_use() -> None:
    code = (
        "import sys\n"
        "from assistant.inference.models import load_embedder\n"
        "embedder = load_embedder()\n"
        "print(sorted({'torch', 'sentence_transformers', 'transformers'} & set(sys.modules)))\n"
        "print(embedder.dimension)\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert run.stdout.split("\n")[:2] == ["[]", "384"]
