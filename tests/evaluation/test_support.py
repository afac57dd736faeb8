from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import UsageError
from assistant.evaluation.support import Pair, read_pairs, support_figures

GOOD = Pair("The tram opened in 1911.", "The Lowmoor tram opened in 1911.", True)
BAD = Pair("The tram opened in 1912.", "The Lowmoor tram opened in 1911.", False)


def test_figures_of_pairs_that_the_check_gets_right() -> None:
    figures = {figure.name: figure for figure in support_figures([GOOD, BAD, GOOD, BAD])}
    assert figures["AUC"].value == 1.0
    assert figures["same verdict"].value == 1.0
    assert figures["same verdict"].n == 4
    assert figures["called supported, of those truly so"].n == 2


def test_figures_of_pairs_that_it_gets_wrong() -> None:
    wrong = [Pair(GOOD.statement, GOOD.quote, False), Pair(BAD.statement, BAD.quote, True)]
    figures = {figure.name: figure.value for figure in support_figures(wrong)}
    assert figures["AUC"] == 0.0
    assert figures["same verdict"] == 0.0


def test_labels_that_all_agree_leave_the_auc_undefined() -> None:
    figures = {figure.name: figure.value for figure in support_figures([GOOD])}
    assert figures["AUC"] is None


@pytest.mark.parametrize("packed", [False, True])
def test_pairs_are_read(tmp_path: Path, packed: bool) -> None:
    text = "\n".join(json.dumps(pair.to_dict()) for pair in (GOOD, BAD)) + "\n\n"
    path = tmp_path / "pairs"
    path.write_bytes(gzip.compress(text.encode()) if packed else text.encode())
    assert read_pairs(path) == [GOOD, BAD]


@given(
    data=st.binary(max_size=60) | st.text(max_size=60).map(lambda t: t.encode("utf-8", "replace"))
)
def test_what_is_no_pair_is_told(data: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("pairs") / "pairs.jsonl"
    path.write_bytes(data)
    with pytest.raises(UsageError) as told:
        read_pairs(path)
    assert told.value.hint


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("[1]", "not a JSON object"),
        ('{"statement": 1, "quote": "q", "supported": true}', "`statement`"),
        ('{"statement": "s", "quote": " ", "supported": true}', "`quote`"),
        ('{"statement": "s", "quote": "q", "supported": 1}', "`supported`"),
        ("[" * 9_000, "not a pair"),
    ],
)
def test_a_line_is_named(tmp_path: Path, line: str, told: str) -> None:
    path = tmp_path / "pairs.jsonl"
    path.write_text(json.dumps(GOOD.to_dict()) + "\n" + line + "\n")
    with pytest.raises(UsageError, match="Line 2") as caught:
        read_pairs(path)
    assert told in caught.value.message


def test_a_missing_file_is_told_in_words(tmp_path: Path) -> None:
    path = tmp_path / "nowhere"
    with pytest.raises(UsageError) as told:
        read_pairs(path)
    assert told.value.message == f"The pairs {path} cannot be read: No such file or directory."
