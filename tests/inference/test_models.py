"""The catalogue, and what becomes of names and paths."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.answering.prompts import answer_messages
from assistant.errors import ModelError, UsageError
from assistant.inference.generation import Generator, text_of
from assistant.inference.llama import LlamaGenerator
from assistant.inference.models import (
    catalogue,
    installed_models,
    load_embedder,
    load_generator,
    model_identity,
)
from assistant.records import Message


def test_each_kind_has_one_default() -> None:
    for kind in ("embedder", "generator"):
        assert sum(entry.default for entry in catalogue() if entry.kind == kind) == 1


def test_the_packaged_models_are_present_and_whole() -> None:
    for info in installed_models():
        assert info.present, info.note
        assert info.whole, info.note
        entry = next(entry for entry in catalogue() if entry.name == info.name)
        assert info.bytes == entry.bytes
        assert Path(info.path).is_file()


def test_an_unknown_embedder_is_named_with_those_there_are() -> None:
    with pytest.raises(UsageError, match="'nothing'") as caught:
        load_embedder("nothing")
    assert "all-MiniLM-L6-v2" in caught.value.hint


def test_an_embedder_is_no_generator() -> None:
    with pytest.raises(UsageError):
        load_generator("all-MiniLM-L6-v2")


@pytest.mark.parametrize("name", ["nothing", "", "~nobody/there.gguf", "a\0b", "x" * 5000])
def test_neither_name_nor_file(name: str) -> None:
    with pytest.raises(UsageError) as caught:
        load_generator(name)
    assert "SmolLM2-135M-Instruct" in caught.value.hint


@pytest.mark.parametrize("content", [b"", b"GG", b"PK\3\4 a zip file"])
def test_a_file_that_is_no_model(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(content)

    with pytest.raises(ModelError, match="is not a GGUF model"):
        load_generator(str(path))


@pytest.mark.real
@pytest.mark.parametrize("part", [0.001, 0.3, 0.99])
def test_a_model_that_is_cut_short(part: float, tiny_model: Path, tmp_path: Path) -> None:
    data = tiny_model.read_bytes()
    path = tmp_path / "short.gguf"
    path.write_bytes(data[: max(8, int(len(data) * part))])

    with pytest.raises(ModelError, match="damaged") as caught:
        load_generator(str(path))
    assert caught.value.hint


@pytest.mark.real
def test_a_model_by_its_path(tiny_model: Path) -> None:
    generator = load_generator(str(tiny_model), context_tokens=256, threads=1)

    assert generator.name == "tiny"
    assert generator.context_tokens == 256
    assert text_of(generator.generate([Message("user", "the")], max_tokens=20))
    generator.close()


QUESTIONS = [
    "The mill was sold in 1987 to a firm from Lyon. When was the mill sold?",
    "The flag is red, white and green. Which colours has the flag?",
    "The summit in Poznan lasted three days. How long did the summit last?",
]


@pytest.mark.real
def test_the_prepared_default_answers_as_the_original_does(smollm: LlamaGenerator) -> None:
    entry = next(entry for entry in catalogue() if entry.name == smollm.name)
    assert entry.path is not None
    original = LlamaGenerator(entry.path, "original", context_tokens=256)
    for question in QUESTIONS:
        messages = [Message("system", "Answer in one sentence."), Message("user", question)]
        expected = [p.text for p in original.generate(messages, max_tokens=12)]

        assert [p.text for p in smollm.generate(messages, max_tokens=12)] == expected
    original.close()


PASSAGES = [
    ("The Lowmoor Tram", "The Lowmoor tram opened on 3 May 1911 after two years of digging."),
    ("The Museum of Clocks", "Most of the 212 clocks were given to it by Anna Reyes."),
]


@pytest.fixture(scope="module")
def reader() -> Iterator[Generator]:
    generator = load_generator()
    yield generator
    generator.close()


@pytest.mark.real
@pytest.mark.parametrize(
    ("question", "reply"),
    [
        ("When did the Lowmoor tram open?", "[1] 3 May 1911"),
        ("who gave the clocks", "[2] Anna Reyes"),
    ],
)
def test_the_default_model_names_its_passage(reader: Generator, question: str, reply: str) -> None:
    messages = answer_messages(question, PASSAGES)
    assert reply in text_of(reader.generate(messages, 40, beginning="["))


@pytest.mark.real
def test_the_default_model_knows_what_is_not_there(reader: Generator) -> None:
    def sure(question: str) -> float:
        (first,) = reader.generate(answer_messages(question, PASSAGES), 1, beginning="[")
        return first.probability

    held = sure("When did the Lowmoor tram open?")
    assert sure("Who won the World Cup in 1998?") < 0.5 < held
    assert sure("How many seats has the cinema?") < held


@pytest.mark.real
def test_only_the_default_is_trained_for_the_prompt(smollm: LlamaGenerator) -> None:
    assert not smollm.trained
    assert model_identity("default").startswith("SmolLM2-135M-Reader ")
    assert model_identity("default") != model_identity("SmolLM2-135M-Instruct")
    assert model_identity("some.gguf") == "some.gguf"
