"""The real reranker: the packaged embedding model with what it learned."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from assistant.errors import ModelError
from assistant.inference.crossencoder import RANKING_PIECES, AdaptedCrossEncoder
from assistant.inference.models import catalogue, load_reranker
from assistant.resources import resource

pytestmark = pytest.mark.real

QUESTION = "How long did the summit last?"
TEXTS = [
    "The summit was held in a hotel by the lake.",
    "The summit lasted three days.",
    "Barn owls nest in the tower of the mill.",
]


@pytest.fixture(scope="module")
def folder() -> Path:
    path = next(e for e in catalogue() if e.kind == "embedder" and e.default).path
    assert path is not None
    return path.parent


def test_the_text_that_answers_scores_highest_and_a_foreign_one_lowest() -> None:
    scores = load_reranker().score(QUESTION, TEXTS)
    assert scores.shape == (3,)
    assert ((scores >= 0) & (scores <= 1)).all()
    assert scores[1] > scores[0] > scores[2]


def test_each_text_keeps_its_score_in_any_company() -> None:
    reranker = load_reranker()
    together = reranker.score(QUESTION, [*TEXTS, "long " * 500, "", "\ud800 lone"])
    alone = np.concatenate([reranker.score(QUESTION, [text]) for text in TEXTS])
    np.testing.assert_allclose(together[:3], alone, atol=1e-4)
    assert reranker.score(QUESTION, []).shape == (0,)


def test_an_adapter_of_another_model_is_refused(folder: Path, tmp_path: Path) -> None:
    tensors = load_file(resource("models", "ranking.safetensors"))
    foreign = {name.replace("layer.5", "layer.55"): values for name, values in tensors.items()}
    foreign_file, torn_file = tmp_path / "foreign.safetensors", tmp_path / "torn.safetensors"
    save_file(foreign, foreign_file)
    with pytest.raises(ModelError, match=r"foreign\.safetensors"):
        AdaptedCrossEncoder(folder, foreign_file, RANKING_PIECES).score("a", ["b"])
    torn_file.write_bytes(b"torn")
    with pytest.raises(ModelError, match="cannot be read"):
        AdaptedCrossEncoder(folder, torn_file, RANKING_PIECES).score("a", ["b"])
