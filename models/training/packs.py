"""Packs: some numbered passages, and several questions about them.

Near passages share a pack, so a question is surrounded by passages that look like its own; a
quarter of the questions has no answer there, most of them nearly.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from data import Asked, Paragraph
from disturbing import as_typed, hidden, near_miss

from assistant.evaluation.metrics import contains_answer, normalised, token_f1
from assistant.reading.sentences import sentence_spans

REFUSAL = "The passages do not say."

_FOLLOW_UP_SHARE = 0.06
_PASSAGES = (1, 2, 3, 3, 3, 4, 4, 4, 4, 5)
_TITLED_SHARE = 0.85
_WORDS = (25, 40, 50, 60, 70, 80, 100, 130)
_GAPS = (0.0, 0.0, 1.5, 3.0)  # how far sentences jump from their place in the order of choice
_MOST_ANSWERABLE = 10
_UNANSWERABLE_SHARE = 0.36  # of the answerable ones: a good quarter of all
NAME = re.compile(r"(?<=[a-z,;] )[A-Z][\w’'-]+(?: (?:of |de |van |von )?[A-Z][\w’'-]+){0,3}\b")
_ABOUT = (
    "What do the articles say about {}?",
    "What is said about {}?",
    "what do they say about {}",
    "Tell me about {}.",
    "{}",
)


@dataclass(frozen=True, slots=True)
class Item:
    """A question of a pack, the answer that is wanted, and what kind of question it is."""

    question: str
    answer: str
    kind: str


@dataclass(frozen=True, slots=True)
class Pack:
    """Passages (title and text, numbered from 1) with questions about them."""

    passages: list[tuple[str, str]]
    items: list[Item]


def stated(*statements: tuple[int, str]) -> str:
    """Statements, each on a line of its own behind its passage's number.

    With the number first, the model's first token decides between a number and a refusal, and
    nothing else: its probability is that of there being an answer.
    """
    return "\n".join(f"[{number}] {text.strip()}" for number, text in statements)


def write(packs: Sequence[Pack], path: Path) -> None:
    """Writes packs, one a line."""
    with path.open("w", encoding="utf-8") as file:
        for pack in packs:
            file.write(json.dumps(asdict(pack), ensure_ascii=False) + "\n")


def summary(packs: Sequence[Pack]) -> str:
    """How many packs and questions there are, and of which kinds."""
    kinds = Counter(item.kind for pack in packs for item in pack.items)
    return f"{len(packs)} packs, {sum(kinds.values())} questions: {dict(kinds.most_common())}"


def followed_up(pack: Pack, random_: random.Random) -> Pack:
    """The pack with some of its questions as the product understands a follow-up: with words of
    what was talked about in brackets."""
    about = [word for title, _ in pack.passages for word in title.split()]
    items = [
        replace(item, question=f"{item.question} ({' '.join(about[: random_.randint(1, 8)])})")
        if about and random_.random() < _FOLLOW_UP_SHARE
        else item
        for item in pack.items
    ]
    return replace(pack, items=items)


def consensus(answers: Sequence[str]) -> str | None:
    """The answer that the others agree with best; None where people did not agree, or the answer
    is a long one."""
    if len(answers) == 1:
        best, agreement = answers[0], 1.0
    else:
        scored = [
            (sum(token_f1(a, [b]) for j, b in enumerate(answers) if j != i) / (len(answers) - 1), a)
            for i, a in enumerate(answers)
        ]
        agreement, best = max(scored, key=lambda pair: (pair[0], -len(pair[1])))
    best = best.strip(" ,;:") if best.count(".") != 1 else best.strip(" ,;:.")
    return best if agreement >= 0.45 and 0 < len(best.split()) <= 18 else None


def jumping(first: int, count: int, random_: random.Random) -> list[int]:
    """In which order sentences are chosen, ``first`` the first: as the most relevant ones of a
    passage lie in it, near to each other or with gaps."""
    gaps = random_.choice(_GAPS)
    distances = [abs(place - first) + gaps * random_.random() * 2 for place in range(count)]
    return sorted(range(count), key=lambda place: distances[place])


def excerpt(
    text: str,
    most_words: int,
    random_: random.Random,
    order: Callable[[int, int, random.Random], list[int]] = jumping,
) -> str:
    """Some sentences of a text, in order: a stretch, or with gaps, as a prompt shows them."""
    sentences = [text[start:end] for start, end in sentence_spans(text)]
    counts = [len(sentence.split()) for sentence in sentences]
    if sum(counts) <= most_words:
        return text
    first = random_.randrange(len(sentences))
    chosen = {first}
    for place in order(first, len(sentences), random_):
        if sum(counts[c] for c in chosen | {place}) <= most_words:
            chosen.add(place)
    pieces: list[str] = []
    for place in sorted(chosen):
        if pieces:
            pieces.append(" " if place - 1 in chosen else " … ")
        pieces.append(sentences[place])
    return "".join(pieces)


class Maker:
    """Makes packs from paragraphs; ``neighbours[i]`` are the places of those most like ``i``."""

    def __init__(
        self,
        paragraphs: Sequence[Paragraph],
        neighbours: Sequence[Sequence[int]],
        commands: Sequence[str],
        random_: random.Random,
    ) -> None:
        self._paragraphs = paragraphs
        self._neighbours = neighbours
        self._commands = commands
        self._random = random_
        self._names = sorted({n for p in paragraphs for n in NAME.findall(p.text)})

    def packs(self) -> Iterator[Pack]:
        """Every paragraph once, together with others that are like it."""
        order = list(range(len(self._paragraphs)))
        self._random.shuffle(order)
        left = dict.fromkeys(order)
        for place in order:
            if place not in left:
                continue
            members = self._members(place, left)
            for member in members:
                left.pop(member, None)
            pack = self._pack(members)
            if pack.items:
                yield pack

    def _members(self, place: int, left: dict[int, None]) -> list[int]:
        wanted = self._random.choice(_PASSAGES)
        near = self._neighbours[place]
        fresh = [n for n in near if n in left and n != place]
        members = [place, *fresh[: wanted - 1]]
        while len(members) < wanted:
            other = self._random.choice(near)
            if other not in members:
                members.append(other)
        self._random.shuffle(members)
        return members

    def _pack(self, members: Sequence[int]) -> Pack:
        random_ = self._random
        titled = random_.random() < _TITLED_SHARE
        passages = [
            (
                self._paragraphs[m].title if titled else "",
                excerpt(self._paragraphs[m].text, random_.choice(_WORDS), random_),
            )
            for m in members
        ]
        shown = [text for _, text in passages]
        answerable, cut_off = self._asked(members, shown)
        random_.shuffle(answerable)
        answerable = answerable[:_MOST_ANSWERABLE]
        items = [Item(q, stated((n, a)), "answerable") for q, a, n in answerable]
        items += self._unanswerable(members, shown, answerable, cut_off)
        items += self._of_two(answerable)
        items += self._about(passages)
        items = [Item(as_typed(i.question, random_), i.answer, i.kind) for i in items]
        random_.shuffle(items)
        if random_.random() < 0.2:
            passages = self._with_instruction(passages)
        return Pack(passages, items)

    def _asked(
        self, members: Sequence[int], shown: Sequence[str]
    ) -> tuple[list[tuple[str, str, int]], list[Asked]]:
        """Questions with answer and number, and those whose answer was cut off."""
        answerable, cut_off = [], []
        for number, (member, text) in enumerate(zip(members, shown, strict=True), start=1):
            for asked in self._paragraphs[member].asked:
                answer = consensus(asked.answers)
                if answer is None:
                    continue
                if answer in text:
                    answerable.append((asked.question, answer, number))
                elif not any(contains_answer(t, asked.answers) for t in shown):
                    cut_off.append(asked)
        return answerable, cut_off

    def _unanswerable(
        self,
        members: Sequence[int],
        shown: Sequence[str],
        answerable: Sequence[tuple[str, str, int]],
        cut_off: Sequence[Asked],
    ) -> list[Item]:
        random_ = self._random
        wanted = max(1, round(_UNANSWERABLE_SHARE * len(answerable) + random_.random() - 0.5))
        pools: dict[str, list[str]] = {
            "cut off": [asked.question for asked in cut_off],
            "neighbour": self._neighbour_questions(members, shown),
            "changed": self._changed([question for question, _, _ in answerable], shown),
            "far": self._far_questions(shown),
        }
        weights = {"cut off": 2, "neighbour": 3, "changed": 4, "far": 2}
        items: list[Item] = []
        while len(items) < wanted and any(pools.values()):
            kinds = [kind for kind, pool in pools.items() if pool]
            kind = random_.choices(kinds, [weights[k] for k in kinds])[0]
            pool = pools[kind]
            items.append(Item(pool.pop(random_.randrange(len(pool))), REFUSAL, kind))
        return items

    def _neighbour_questions(self, members: Sequence[int], shown: Sequence[str]) -> list[str]:
        near = {n for member in members for n in self._neighbours[member]} - set(members)
        return [
            asked.question
            for place in sorted(near)
            for asked in self._paragraphs[place].asked
            if not any(contains_answer(text, asked.answers) for text in shown)
        ]

    def _far_questions(self, shown: Sequence[str]) -> list[str]:
        paragraphs = self._random.sample(self._paragraphs, 2)
        return [
            asked.question
            for paragraph in paragraphs
            for asked in paragraph.asked
            if not any(contains_answer(text, asked.answers) for text in shown)
        ]

    def _changed(self, questions: Sequence[str], shown: Sequence[str]) -> list[str]:
        text = " ".join(shown)
        changed = (near_miss(q, text, self._names, self._random) for q in questions)
        return [question for question in changed if question is not None]

    def _of_two(self, answerable: Sequence[tuple[str, str, int]]) -> list[Item]:
        if len(answerable) < 2 or self._random.random() > 0.45:
            return []
        (q1, a1, n1), (q2, a2, n2) = self._random.sample(list(answerable), 2)
        if len(a1.split()) + len(a2.split()) > 20 or normalised(a1) == normalised(a2):
            return []
        second = q2[0].lower() + q2[1:]
        question = f"{q1.rstrip('?. ')}, and {second}"
        return [Item(question, stated((n1, a1), (n2, a2)), "of two")]

    def _about(self, passages: Sequence[tuple[str, str]]) -> list[Item]:
        random_ = self._random
        if random_.random() > 0.5:
            return []
        sentences = [
            (number, text[start:end])
            for number, (_, text) in enumerate(passages, start=1)
            for start, end in sentence_spans(text)
        ]
        names = sorted({name for _, text in passages for name in NAME.findall(text)})
        if not names:
            return []
        if random_.random() < 0.25:
            everything = " ".join(text for _, text in passages).lower()
            absent = [
                name
                for name in random_.sample(self._names, 20)
                if not any(word.lower() in everything for word in name.split())
            ]
            return (
                [Item(random_.choice(_ABOUT).format(absent[0]), REFUSAL, "about nothing")]
                if absent
                else []
            )
        name = random_.choice(names)
        told = [(n, s) for n, s in sentences if name in s and len(s.split()) <= 45 and "…" not in s]
        if not told:
            return []
        return [Item(random_.choice(_ABOUT).format(name), stated(*told[:3]), "about")]

    def _with_instruction(self, passages: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        place = self._random.randrange(len(passages))
        title, text = passages[place]
        poisoned = hidden(self._random.choice(self._commands), text, self._random)
        return [*passages[:place], (title, poisoned), *passages[place + 1 :]]
