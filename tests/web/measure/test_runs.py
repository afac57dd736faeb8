from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import UsageError
from assistant.evaluation.runs import begin_run, own_runs
from assistant.web.measure.runs import kept_run, kept_runs, remove_run, report_routes, run_key
from tests.web.hostile import HOSTILE
from tests.web.measured import measure

pytestmark = pytest.mark.usefixtures("own_data")


def fake_run(name: str, **changed: Any) -> Path:
    folder = own_runs() / name
    folder.mkdir(parents=True)
    report = {
        "questions": "some/set.jsonl",
        "split": None,
        "model": "fake",
        "figures": {"answers": [{"name": "token F1", "value": 0.5, "n": 2}]},
        "funnel": {"right": 1, "error": 1},
        "settings": {"sha256": {"questions": "abc"}, "seed": 0},
    }
    (folder / "run.json").write_text("{}")
    (folder / "report.json").write_text(json.dumps(report | changed))
    (folder / "report.html").write_text(f"<h1>{name}</h1>")
    return folder


@pytest.fixture
def client() -> TestClient:
    server = FastAPI()
    server.include_router(report_routes())
    return TestClient(server)


def test_real_runs_are_listed_with_their_figures(tmp_path: Path) -> None:
    folder = measure(tmp_path, "first")
    begin_run(own_runs() / "begun", {"questions": "q.jsonl", "split": "tune", "model": "m"})
    os.utime(own_runs() / "begun" / "run.json", (1, 1))
    os.utime(own_runs() / "begun", (1, 1))
    first, begun = kept_runs()
    assert (first.folder, first.finished, first.answered) == (folder, True, 5)
    assert (first.set_name, first.split, first.model) == ("questions.jsonl", None, "echo")
    figure = first.figure("refusals", "right, refusals included")
    assert figure is not None
    assert (figure.value, figure.n) == (0.8, 5)
    assert first.figure("refusals", "no such") is None
    assert first.figure("no such", "right") is None
    assert (begun.finished, begun.split, begun.answered, begun.figures) == (False, "tune", 0, {})


def test_runs_are_newest_first_and_those_over_the_same_questions_are_known() -> None:
    for name, when in (("old", 100), ("new", 300), ("middle", 200)):
        os.utime(fake_run(name) / "report.json", (when, when))
    os.utime(fake_run("other", settings={"seed": 0}) / "report.json", (50, 50))
    new, middle, old, other = kept_runs()
    assert [run.folder.name for run in (new, middle, old, other)] == [
        "new", "middle", "old", "other",
    ]  # fmt: skip
    assert new.asks_the_same(old)
    assert not new.asks_the_same(other)


@pytest.mark.parametrize(
    "changed",
    [
        {"figures": None},
        {"figures": {"answers": [{"value": 1}]}},
        {"funnel": {"right": "many"}},
        {"questions": 7},
        {"settings": []},
    ],
)
def test_a_damaged_report_hides_no_other_run(changed: dict[str, Any]) -> None:
    fake_run("damaged", **changed)
    fake_run("whole")
    (fake_run("listed") / "report.json").write_text("[]")
    (fake_run("torn") / "report.json").write_text('{"questions"')
    assert [run.folder.name for run in kept_runs()] == ["whole"]


def test_figures_that_are_no_numbers_are_left_out() -> None:
    (fake_run("odd") / "report.json").write_text(
        (fake_run("even") / "report.json").read_text().replace("0.5", "NaN")
    )
    odd = kept_run(run_key(own_runs() / "odd"))
    assert odd.figure("answers", "token F1") is None


def test_without_a_folder_there_are_no_runs() -> None:
    assert kept_runs() == []
    with pytest.raises(UsageError, match="no such run"):
        kept_run("x")


def test_a_run_is_removed_and_nothing_else() -> None:
    removed, other = fake_run("removed"), fake_run("other")
    assert remove_run(run_key(removed)).folder == removed
    assert not removed.exists()
    assert other.exists()
    for key in ("removed", "../other", str(other), "", None, run_key(removed)):
        with pytest.raises(UsageError, match="no such run"):
            remove_run(key)
    assert other.exists()


def test_what_a_link_leads_to_is_not_removed(tmp_path: Path) -> None:
    elsewhere = shutil.move(fake_run("linked"), tmp_path / "elsewhere")
    (own_runs() / "linked").symlink_to(elsewhere, target_is_directory=True)
    with pytest.raises(UsageError, match="cannot be removed"):
        remove_run(run_key(own_runs() / "linked"))
    assert (elsewhere / "report.html").exists()


def test_a_report_is_served_so_that_it_can_do_nothing(client: TestClient) -> None:
    answer = client.get(f"/runs/{run_key(fake_run('some'))}/report.html")
    assert (answer.status_code, answer.text) == (200, "<h1>some</h1>")
    policy = answer.headers["content-security-policy"]
    assert {"sandbox", "default-src 'none'", "frame-ancestors 'self'"} <= set(policy.split("; "))
    assert "script-src" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize(
    "path",
    [
        "/runs/some/report.html",
        "/runs/../some/report.html",
        "/runs/..%2fsome/report.html",
        "/runs/%2e%2e/report.html",
        "/runs/%252e%252e%252fsome/report.html",
        "/runs//etc/passwd/report.html",
        "/runs/%2fetc%2fpasswd/report.html",
        "/runs/empty/report.html",
        "/runs/{empty}/report.html",
        "/runs/{some}/report.json",
        "/runs/{some}/..%2freport.html",
        "/runs/{some}/../{some}/run.json",
        "/runs/{some}%00/report.html",
        "/runs/{unfinished}/report.html",
    ],
)
def test_nothing_else_is_served(client: TestClient, path: str) -> None:
    some = fake_run("some")
    (own_runs() / "report.html").write_text("not a run's")
    (own_runs() / "empty").mkdir()
    (own_runs() / "empty" / "report.html").write_text("no run")
    begin_run(own_runs() / "unfinished", {})
    keys = {name: run_key(own_runs() / name) for name in (some.name, "empty", "unfinished")}
    assert client.get(path.format(**keys)).status_code == 404


def test_a_runs_folder_that_looks_like_a_run_is_none(client: TestClient) -> None:
    fake_run("inside")
    for name in ("run.json", "report.json", "report.html"):
        shutil.copy(own_runs() / "inside" / name, own_runs() / name)
    assert [run.folder.name for run in kept_runs()] == ["inside"]
    assert client.get(f"/runs/{run_key(own_runs())}/report.html").status_code == 404


@settings(max_examples=100, deadline=None)
@given(name=st.one_of(st.text(min_size=1), st.sampled_from(HOSTILE)))
def test_a_run_is_named_so_that_any_address_can_hold_it(name: str) -> None:
    key = run_key(Path("runs") / name.encode("utf-8", "replace").decode())
    assert len(key) == 16
    assert set(key) <= set("0123456789abcdef")
