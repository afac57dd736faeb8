from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from assistant.evaluation.runs import begin_run, own_runs, read_run
from assistant.web.measure.choosing import Choice, limit_chosen, split_chosen
from assistant.web.measure.measuring import Measuring
from assistant.web.measure.questions import STARTER, own_sets
from assistant.web.measure.runs import kept_runs, run_key
from assistant.web.measure.tab import Measure
from tests.evaluation.small import questions_file
from tests.web.fake_assistant import FakeAssistant, stand_in
from tests.web.measured import HeldGenerator, held_assistant, measure, wait_until, wait_until_ended
from tests.web.parsed import Parsed

pytestmark = pytest.mark.usefixtures("own_data")


@pytest.fixture
def choice(tmp_path: Path) -> Iterator[Choice]:
    with gr.Blocks(analytics_enabled=False):
        yield Choice(stand_in(FakeAssistant(tmp_path)))


@pytest.fixture
def held(tmp_path: Path) -> Iterator[tuple[Measure, Measuring, HeldGenerator]]:
    assistant, generator = held_assistant(tmp_path)
    with assistant, gr.Blocks(analytics_enabled=False):
        measuring = Measuring(assistant)
        yield Measure(assistant, measuring), measuring, generator
        generator.open.set()
        measuring.close()


Held = tuple[Measure, Measuring, HeldGenerator]


def event(value: str) -> gr.EventData:
    return gr.EventData(None, {"value": value})


def upload(folder: Path, text: str, name: str = "mine.jsonl") -> dict[str, Any]:
    """What Gradio tells of an uploaded file: stored under a name of its own."""
    path = folder / "stored"
    path.write_text(text, encoding="utf-8")
    return {"path": str(path), "orig_name": name}


def chosen(choice: Choice, updates: dict[Any, Any]) -> tuple[str, list[int], int, bool]:
    limit, split = updates[choice._limit], updates[choice._split]
    numbers = [value for _, value in limit.choices]
    return updates[choice._sets].value, numbers, limit.value, split.visible


# --- the question set --------------------------------------------------------------------------


def test_the_starter_set_is_offered_first(choice: Choice) -> None:
    shown = choice.show(STARTER, None)
    assert chosen(choice, shown) == (STARTER, [5, 20, 50, 0], 20, True)
    assert [label for label, _ in shown[choice._split].choices] == [
        "All (80)", "tune (40)", "report (40)",
    ]  # fmt: skip
    assert Parsed(shown[choice._held]).text.startswith("80 questions · 62 answerable")
    assert shown[choice._notice] == ""


def test_what_was_chosen_of_a_set_stays_when_the_reader_comes_back(choice: Choice) -> None:
    again = choice.show(STARTER, 50)
    assert choice._limit not in again
    assert choice._split not in again
    gone = choice.show("removed meanwhile.jsonl", 50)
    assert chosen(choice, gone)[0] == STARTER


def test_a_split_has_fewer_questions(choice: Choice) -> None:
    shown = choice.choose_split(STARTER, "=tune")
    assert [value for _, value in shown[choice._limit].choices] == [5, 20, 0]
    assert shown[choice._limit].choices[-1][0] == "All 40"
    assert choice.choose_split(STARTER, "all")[choice._limit].choices[-1][0] == "All 80"
    assert "no such question set" in choice.choose_split("gone", "all")[choice._notice]


def test_an_upload_is_chosen_at_once_and_can_be_removed(choice: Choice, tmp_path: Path) -> None:
    lines = questions_file(tmp_path).read_text()
    file = upload(tmp_path, lines)
    shown = choice.upload(file)
    assert chosen(choice, shown) == ("mine.jsonl", [0], 0, True)
    assert "Remove this question set for good?" in shown[choice._held]
    assert not Path(file["path"]).exists()
    assert chosen(choice, choice.choose("mine.jsonl"))[0] == "mine.jsonl"
    gone = choice.remove(event("mine.jsonl"))
    assert chosen(choice, gone)[0] == STARTER
    assert list(own_sets().iterdir()) == []
    assert "no such question set" in choice.remove(event("mine.jsonl"))[choice._notice]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"id": "a"}\n', "line 1 `question` is missing or not a text"),
        ("", "mine.jsonl is empty"),
        ("no set", "mine.jsonl cannot be read: it is in none of the formats"),
    ],
)
def test_what_is_wrong_with_an_upload_is_told_and_nothing_is_kept(
    choice: Choice, tmp_path: Path, text: str, said: str
) -> None:
    file = upload(tmp_path, text)
    shown = choice.upload(file)
    assert said in Parsed(shown[choice._notice]).text
    assert set(shown) == {choice._notice}
    assert not Path(file["path"]).exists()
    assert not own_sets().exists()


def test_a_squad_set_says_that_it_brings_its_texts(choice: Choice, tmp_path: Path) -> None:
    asked = {"id": "1", "question": "Who?", "answers": [{"text": "Ines", "answer_start": 0}]}
    paragraph = {"context": "Ines Calloway said it.", "qas": [asked]}
    text = json.dumps({"data": [{"title": "Harbour", "paragraphs": [paragraph]}]})
    shown = choice.upload(upload(tmp_path, text, "squad.json"))
    assert "It brings 1 text of its own" in Parsed(shown[choice._held]).text
    assert not shown[choice._split].visible


def test_values_that_no_widget_gives_choose_everything() -> None:
    assert split_chosen("=") == ""
    assert split_chosen("=a") == "a"
    assert {split_chosen(value) for value in ("all", None, 3, ["=a"])} == {None}
    assert limit_chosen(20) == 20
    assert {limit_chosen(value) for value in (0, -1, None, "20", [20])} == {None}


# --- measuring ---------------------------------------------------------------------------------


def begin(held: Held, tmp_path: Path) -> dict[Any, Any]:
    """Chooses the small set, and runs it."""
    tab, _, _ = held
    tab._choice.upload(upload(tmp_path, questions_file(tmp_path).read_text()))
    return tab.run("mine.jsonl", "all", 0)


def test_a_run_is_followed_to_its_report(held: Held, tmp_path: Path) -> None:
    tab, measuring, generator = held
    generator.open.clear()
    shown = begin(held, tmp_path)
    assert (shown[tab._timer].active, shown[tab._stop].visible) == (True, True)
    assert not shown[tab._run].interactive
    assert shown[tab._notice] == ""
    generator.open.set()
    wait_until_ended(measuring)
    shown = tab.follow()
    assert (shown[tab._timer].active, shown[tab._stop].visible) == (False, False)
    assert shown[tab._run].interactive
    assert "Measured 5 questions: 4 of 5 right." in Parsed(shown[tab._panel]).text
    (run,) = kept_runs()
    assert f'value="{run.key}"' in shown[tab._panel]
    assert f'value="{run.key}"' in shown[tab._listing]
    assert run.settings["seed"] == 0
    report = tab.show_report(event(run.key))
    assert f'src="runs/{run.key}/report.html"' in report[tab._report]


def test_whoever_opens_the_tab_sees_what_is_under_way(held: Held, tmp_path: Path) -> None:
    tab, measuring, generator = held
    generator.open.clear()
    begin(held, tmp_path)
    wait_until(lambda: list(own_runs().glob("*/run.json")))
    shown = tab.show()
    assert shown[tab._timer].active
    assert "<progress" in shown[tab._panel]
    assert "Nothing has been measured yet" in shown[tab._listing]
    assert tab._listing not in tab.follow()
    again = tab.run(STARTER, "all", 5)
    assert "A measuring is under way" in again[tab._notice]
    assert again[tab._timer].active
    (folder,) = own_runs().iterdir()
    assert "under way" in tab.remove(event(run_key(folder)))[tab._notice]
    assert folder.exists()
    generator.open.set()
    wait_until_ended(measuring)


def test_a_run_is_stopped_and_continued_from_the_list(held: Held, tmp_path: Path) -> None:
    tab, measuring, generator = held
    generator.open.clear()
    begin(held, tmp_path)
    wait_until(lambda: list(own_runs().glob("*/run.json")))
    stopping = tab.stop()
    assert "stopping after the question under way" in Parsed(stopping[tab._panel]).text.lower()
    assert not stopping[tab._stop].interactive
    generator.open.set()
    wait_until_ended(measuring)
    shown = tab.follow()
    assert "Stopped" in Parsed(shown[tab._panel]).text
    assert "Broken off; it can be continued" in shown[tab._listing]
    (run,) = kept_runs()
    assert not run.finished
    tab.go_on(event(run.key))
    wait_until_ended(measuring)
    (run,) = kept_runs()
    assert run.finished
    assert len(read_run(run.folder).predictions) == 5


def test_a_run_whose_question_set_is_gone_says_so(held: Held) -> None:
    tab, measuring, _ = held
    begin_run(own_runs() / "begun", {"questions": "gone.jsonl"})
    tab.go_on(event(run_key(own_runs() / "begun")))
    wait_until_ended(measuring)
    panel = Parsed(tab.follow()[tab._panel])
    assert "The question set gone.jsonl cannot be read" in panel.text
    assert panel.named("div", role="alert")


def test_a_set_that_is_gone_is_told(held: Held) -> None:
    tab, measuring, _ = held
    shown = tab.run("gone.jsonl", "all", 5)
    assert "no such question set" in shown[tab._notice]
    assert measuring.state is None


# --- runs --------------------------------------------------------------------------------------


def test_runs_are_compared_and_removed(held: Held, tmp_path: Path) -> None:
    tab, _, _ = held
    old = run_key(measure(tmp_path, "old", threshold=1.0))
    shown = tab.show()
    assert not shown[tab._comparing].visible
    new = run_key(measure(tmp_path, "new"))
    measure(tmp_path, "other", only=["many"])
    shown = tab.show()
    assert shown[tab._comparing].visible
    assert {value for _, value in shown[tab._before].choices} >= {old, new}

    of = tab.compare_with_earlier(event(new))
    assert (of[tab._before].value, of[tab._now].value) == (old, new)
    assert tab.compare(old, new)[tab._comparison] == of[tab._comparison]
    text = Parsed(of[tab._comparison]).text
    assert "Right, refusals included0.2000.800+0.600" in text
    first = tab.compare_with_earlier(event(old))
    assert "no earlier run over the same questions" in first[tab._comparison]
    assert first[tab._now].value == old
    assert "Choose the two runs" in tab.compare(None, new)[tab._comparison]
    assert "one run, twice" in tab.compare(new, new)[tab._notice]

    gone = tab.remove(event(old))
    assert (gone[tab._notice], gone[tab._report]) == ("", "")
    assert f'value="{old}"' not in gone[tab._listing]
    assert not (own_runs() / "old").exists()
    for updates in (tab.remove(event(old)), tab.show_report(event(old)), tab.compare(old, new)):
        assert "no such run" in updates[tab._notice]
