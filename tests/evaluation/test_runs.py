from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import ir_measures
import pytest

from assistant.errors import UsageError
from assistant.evaluation.run import evaluate, score_again, scored_run
from assistant.evaluation.runs import (
    begin_run,
    find_runs,
    find_unfinished,
    predictions_from,
    read_run,
    run_lock,
)
from tests.evaluation.small import questions_file, run, small_assistant

ROOT = Path(__file__).parents[2]
MEASURES = {
    ir_measures.Success @ 1: "hit@1",
    ir_measures.R @ 5: "recall@5",
    ir_measures.RR @ 10: "MRR@10",
    ir_measures.nDCG @ 10: "nDCG@10",
}


def report_of(folder: Path) -> dict[str, Any]:
    report: dict[str, Any] = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    del report["figures"]["speed"], report["questions"], report["settings"]["questions"]
    return report


def test_a_run_keeps_what_it_measured(tmp_path: Path) -> None:
    result = run(tmp_path)
    folder = tmp_path / "run"
    assert {path.name for path in folder.iterdir()} == {
        "run.json", "run.lock", "predictions.jsonl", "scores.jsonl", "report.json", "report.html",
        "qrels", "dense.run", "lexical.run", "fused.run", "final.run",
    }  # fmt: skip
    kept = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    assert kept["figures"] == json.loads(json.dumps(result.to_dict()["figures"]))
    assert set(kept["settings"]["sha256"]) == {
        "questions", "index", "model", "reranker", "span reader", "prompts", "code",
    }  # fmt: skip
    scores = [json.loads(line) for line in (folder / "scores.jsonl").read_text().splitlines()]
    assert [line["id"] for line in scores] == ["when", "many", "owls", "who", "no"]
    assert read_run(folder).predictions == tuple(case.prediction for case in result.cases)


def test_a_run_under_way_is_not_begun_a_second_time(tmp_path: Path) -> None:
    output = tmp_path / "run"
    questions = questions_file(tmp_path)
    with small_assistant(tmp_path) as assistant:
        with run_lock(output), pytest.raises(UsageError, match="under way"):
            evaluate(assistant, questions, output=output)
        assert len(evaluate(assistant, questions, output=output).cases) == 5


def test_a_foreign_folder_is_left_as_it_was(tmp_path: Path) -> None:
    letters = tmp_path / "letters"
    letters.mkdir()
    (letters / "dear.txt").write_text("Dear all")
    with small_assistant(tmp_path) as assistant, pytest.raises(UsageError, match="other files"):
        evaluate(assistant, questions_file(tmp_path), output=letters)
    assert [path.name for path in letters.iterdir()] == ["dear.txt"]


def test_a_stopped_run_goes_on_where_it_ended(tmp_path: Path) -> None:
    stop, already = threading.Event(), threading.Event()
    already.set()
    output = tmp_path / "run"
    questions = questions_file(tmp_path)
    with small_assistant(tmp_path) as assistant:
        with pytest.raises(UsageError, match="before its first answer"):
            evaluate(assistant, questions, output=output, cancel=already)
        part = evaluate(
            assistant,
            questions,
            output=output,
            cancel=stop,
            progress=lambda told: stop.set() if told.done == 2 else None,
        )
        assert [case.prediction.question.id for case in part.cases] == ["when", "many"]
        assert find_runs([output]) == []
        whole = evaluate(assistant, questions, output=output)
    assert whole.cases[:2] == part.cases
    assert len(whole.cases) == 5
    assert [folder for folder, _ in find_runs([output])] == [output]


@pytest.mark.parametrize("stage", ["dense", "lexical", "fused", "final"])
def test_ir_measures_reads_the_files_and_agrees(tmp_path: Path, stage: str) -> None:
    result = run(tmp_path)
    folder = tmp_path / "run"
    measured = ir_measures.calc_aggregate(
        list(MEASURES),
        ir_measures.read_trec_qrels(str(folder / "qrels")),
        ir_measures.read_trec_run(str(folder / f"{stage}.run")),
    )
    for measure, name in MEASURES.items():
        ours = result.figure(f"retrieval, {stage}", name).value
        assert ours == pytest.approx(measured[measure])


@pytest.mark.slow
def test_a_run_killed_half_way_goes_on_to_the_same_report(tmp_path: Path) -> None:
    broken, whole = tmp_path / "broken", tmp_path / "whole"
    broken.mkdir()
    whole.mkdir()
    command = [sys.executable, "-m", "tests.evaluation.small", str(broken), "2"]
    killed = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert len(read_run(broken / "run").predictions) == 2
    before = (broken / "run" / "predictions.jsonl").read_bytes().splitlines()[:2]

    run(broken)
    run(whole)
    assert report_of(broken / "run") == report_of(whole / "run")
    after = (broken / "run" / "predictions.jsonl").read_bytes().splitlines()
    assert after[:2] == before
    assert len(after) == 5


def test_scores_can_be_computed_again(tmp_path: Path) -> None:
    run(tmp_path)
    before = report_of(tmp_path / "run")
    (tmp_path / "run" / "report.json").unlink()
    score_again(tmp_path / "run")
    assert report_of(tmp_path / "run") == before
    assert scored_run(tmp_path / "run").figures["answers"]


def test_another_run_is_not_mixed_in(tmp_path: Path) -> None:
    run(tmp_path)
    with (
        small_assistant(tmp_path, threshold=0.9) as assistant,
        pytest.raises(UsageError, match="it differs in settings of threshold\\."),
    ):
        evaluate(assistant, questions_file(tmp_path), output=tmp_path / "run")


def test_a_folder_of_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear Anna")
    with pytest.raises(UsageError, match="no run"):
        begin_run(tmp_path, {})
    with pytest.raises(UsageError, match="no run"):
        read_run(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


@pytest.mark.parametrize("line", ["{}", "[]", "no", '{"question": 1}', "[" * 5000])
def test_a_damaged_run_is_told(tmp_path: Path, line: str) -> None:
    begin_run(tmp_path / "run", {"a": 1})
    (tmp_path / "run" / "predictions.jsonl").write_text(line + "\n")
    with pytest.raises(UsageError, match="cannot be read"):
        read_run(tmp_path / "run")


def test_finished_runs_are_found_and_others_passed_over(tmp_path: Path) -> None:
    run(tmp_path)
    begin_run(tmp_path / "begun", {"a": 1})
    assert [path.name for path, _ in find_runs([tmp_path, tmp_path / "run"])] == ["run"]
    assert find_runs([tmp_path / "nowhere"]) == []


def test_unfinished_runs_are_found_with_what_is_answered(tmp_path: Path) -> None:
    run(tmp_path)
    assert find_unfinished([tmp_path]) == []
    (tmp_path / "run" / "report.json").unlink()
    begin_run(tmp_path / "begun", {"a": 1})
    (tmp_path / "damaged").mkdir()
    (tmp_path / "damaged" / "run.json").write_text("[")
    (tmp_path / "listed").mkdir()
    (tmp_path / "listed" / "run.json").write_text("[]")
    (begun, settings, none), (broken, _, answered) = find_unfinished([tmp_path])
    assert (begun.name, settings, none) == ("begun", {"a": 1}, 0)
    assert (broken.name, answered) == ("run", 5)
    assert [path for path, _, _ in find_unfinished([begun, tmp_path])] == [begun, broken]
    assert find_unfinished([tmp_path / "nowhere"]) == []


def test_a_run_under_way_can_be_followed(tmp_path: Path) -> None:
    result = run(tmp_path)
    path = tmp_path / "run" / "predictions.jsonl"
    whole = path.read_bytes()
    end = whole.index(b"\n") + 1
    path.write_bytes(whole[: end + 20])
    first, place = predictions_from(tmp_path / "run")
    assert (first, place) == ([result.cases[0].prediction], end)
    assert predictions_from(tmp_path / "run", place) == ([], end)
    path.write_bytes(whole)
    others, place = predictions_from(tmp_path / "run", place)
    assert others == [case.prediction for case in result.cases[1:]]
    assert place == len(whole)
    assert predictions_from(tmp_path / "nowhere") == ([], 0)


def beir_folder(folder: Path) -> Path:
    """Twelve documents, each of many passages, and a question with two that are relevant."""
    about = "The tram of Lowmoor number {} stopped at gate {} and then again at gate {}. "
    corpus = [
        {"_id": f"d{n}", "title": "", "text": "".join(about.format(n, g, g + n) for g in range(40))}
        for n in range(12)
    ]
    (folder / "qrels").mkdir(parents=True)
    for name, lines in (
        ("corpus.jsonl", corpus),
        ("queries.jsonl", [{"_id": "q", "text": "Where did tram number 3 of Lowmoor stop?"}]),
    ):
        (folder / name).write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    judged = "query-id\tcorpus-id\tscore\nq\td3\t2\nq\td7\t1\n"
    (folder / "qrels" / "test.tsv").write_text(judged, encoding="utf-8")
    return folder


def test_a_beir_set_is_judged_by_documents(tmp_path: Path) -> None:
    with small_assistant(tmp_path) as assistant:
        result = evaluate(assistant, beir_folder(tmp_path / "beir"), output=tmp_path / "run")
    (case,) = result.cases
    assert len(case.prediction.gold) > 2  # passages
    assert (tmp_path / "run" / "qrels").read_text() == "q 0 d3 2\nq 0 d7 1\n"
    qrels = list(ir_measures.read_trec_qrels(str(tmp_path / "run" / "qrels")))
    for stage in ("dense", "lexical", "fused", "final"):
        ranked = [document for document, _ in case.prediction.rankings[stage]]
        assert len(set(ranked)) == len(ranked) <= 10
        assert set(ranked) <= {f"d{n}" for n in range(12)}
        run_file = ir_measures.read_trec_run(str(tmp_path / "run" / f"{stage}.run"))
        measured = ir_measures.calc_aggregate(list(MEASURES), qrels, run_file)
        for measure, name in MEASURES.items():
            ours = result.figure(f"retrieval, {stage}", name).value
            assert ours == pytest.approx(measured[measure])
    found = sum(document in ("d3", "d7") for document in ranked[:5])
    assert result.figure("retrieval, final", "recall@5").value == found / 2
