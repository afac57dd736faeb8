"""What can be asked of a sentence, by rule: the table of patterns, quotations, and cloze."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.evaluation.clauses import ABOUT, Clause, ClauseReader
from assistant.evaluation.naming import NAME, Names, may_be_place
from assistant.evaluation.patterns import COUNTED, NUMBER, PLACE, TABLE
from assistant.evaluation.verbs import BE
from assistant.records import Record
from assistant.retrieval.expectations import MONTH

BLANK = "____"
CLOZE = "What belongs in the gap:"

_LONGEST = 160
_SINGULAR = {"are": "is", "were": "was", "have": "has"}
_TURNS = re.compile(
    r"\b(?:and|but|or) (?:\d|(?:although|when|while|if|after|because|since|in|by|with|despite)\b)"
)
_CUT_OFF = re.compile(
    r"\b(?:a|an|the|and|or|but|than|that|which|who|as|its|his|her|their|more|less|about|only|very"
    r"|not|be|been|when|where|if|because|while|is|are|was|were|says?|said)$"
)
_DANGLING = re.compile(r"\b(?:of|in|on|at|to|for|from|by|with|into|over|between|has|had|have)$")
_POINTS_AWAY = re.compile(
    r"\b(?:it|he|she|they|him|them|this|these|those(?! who)|such|there|here|former|latter|above"
    r"|following|another|others?|same|instead|therefore|however|too|then|thus|hence|latest|not"
    r"|never|nothing|nobody|none|neither|nor|without|I|we|you|my|our|us|your|me|ago|yesterday"
    r"|today|tomorrow|so|ones?|at the time)\b|n[’']t\b"
)
_SPOKEN = re.compile(
    r"[“\"](?P<words>[^“”\"]{20,150}?)[,.]?[”\"],? (?:said|says|wrote) (?:[a-z’' -]*, )?"
    rf"(?P<name>{NAME})"
)
_ROLE = re.compile(rf"(?P<name>{NAME}), (?P<role>the (?:[a-z-]+ ){{1,3}}of (?:the )?{PLACE}),")
_THERE = re.compile(
    rf"There (?P<verb>are|were) {ABOUT}(?P<number>{NUMBER}) {COUNTED}(?P<after>[^,;:]*?)[,;:.]"
)
_INNER_NAME = re.compile(
    r"(?<=[a-z,] )[A-Z][\w’'-]+(?: (?:of |de |van |von )?[A-Z][\w’'-]+){1,3}\b"
)
_LONE_NUMBER = re.compile(r"(?<![\w.,/$€£(-])(?:\d[\d,.]*\d(?![\w/)-])|\d+(?![\w.,/)-]))")
_PART_OF_NAME = re.compile(
    rf"(?:(?!{MONTH})[A-Z][\w’'-]*|[Ff]ormula|[Ff]igure|[Cc]hapter|[Ss]ection|[Nn]o\."
    r"|[A-Z]\w* and) $"
)


@dataclass(frozen=True, slots=True)
class Asked(Record):
    """A question, what it asks for, and its answer as the sentence has it."""

    kind: str
    question: str
    answer: str


def asked_of(sentence: str, reader: ClauseReader, names: Names) -> list[Asked]:
    """The plain questions that a sentence answers, at most one of each kind.

    Args:
        sentence: a whole sentence.
        reader: reads the clauses of the text that the sentence comes from.
        names: whose names stand in that text.
    """
    found = [*_of_speakers(sentence, names), *_of_numbers_there(sentence)]
    for clause in reader.clauses(sentence):
        for asked in (*_of_opening(clause), *_of_clause(clause, names)):
            opening = "" if asked.answer == clause.date else clause.opening
            found.append(Asked(asked.kind, f"{asked.question} {opening}", asked.answer))
    sound: dict[str, Asked] = {}
    for asked in found:
        told = asked.question.replace(" also ", " ").replace("?", " ")  # in addition to what?
        question = f"{' '.join(told.split())}?"
        if _is_sound(question, asked.answer):
            sound.setdefault(asked.kind, Asked(asked.kind, question, asked.answer))
    return list(sound.values())


def cloze_of(sentence: str) -> Asked | None:
    """The sentence with a gap for its only name, or else its only number."""
    for pattern in (_INNER_NAME, _LONE_NUMBER):
        answers = list(pattern.finditer(sentence))
        if len(answers) == 1 and not _PART_OF_NAME.search(sentence[: answers[0].start()]):
            start, end = answers[0].span()
            blanked = f"{sentence[:start]}{BLANK}{sentence[end:]}"
            return Asked("cloze", f"{CLOZE} “{blanked}”", answers[0][0])
    return None


def _of_clause(clause: Clause, names: Names) -> Iterator[Asked]:
    verb = _SINGULAR.get(clause.verb, clause.verb)
    known = {
        "subject": clause.subject,
        "verb": clause.verb,
        "turned": clause.turned,
        "told": f"{clause.adverb} {clause.verb} {clause.rest}",
        "told_of_one": f"{clause.adverb} {verb} {clause.rest}",
    }
    for pattern in TABLE:
        needed = _can_be_told(clause) if pattern.part == "subject" else clause.turned
        part = getattr(clause, pattern.part)
        if not (needed and part and pattern.fits(clause, names)):
            continue
        if found := re.fullmatch(pattern.form, part):
            groups = {name: text or "" for name, text in found.groupdict().items()}
            what = groups.get("what", "").lower()  # "the Glee Club" is asked for as "which club"
            question = pattern.question.format_map(known | groups | {"what": what})
            if pattern.kind != "where" or may_be_place(groups["answer"]):
                yield Asked(pattern.kind, question, groups["answer"])


def _can_be_told(clause: Clause) -> bool:
    """Whether verb and rest can follow "who" as they stand."""
    rest = clause.rest
    return bool(rest) and not (
        _TURNS.search(rest) or rest.startswith(("where", "what", "that", "by "))
    )


def _of_opening(clause: Clause) -> Iterator[Asked]:
    is_told = clause.plain or not clause.rest
    if clause.date and clause.turned and is_told and (clause.verb not in BE or clause.is_passive):
        if not clause.opening.startswith("since"):
            yield Asked("when", f"When {clause.turned} {clause.plain}?", clause.date)
        elif clause.is_perfect:
            yield Asked("since", f"Since when {clause.turned} {clause.plain}?", clause.date)


def _of_speakers(sentence: str, names: Names) -> Iterator[Asked]:
    if (found := _SPOKEN.match(sentence)) and names.is_person(found["name"]):
        yield Asked("who", f"Who said: “{found['words']}”?", found["name"])
    if found := _ROLE.match(sentence):
        yield Asked("role", f"Who is described as {found['role']}?", found["name"])


def _of_numbers_there(sentence: str) -> Iterator[Asked]:
    if found := _THERE.match(sentence):
        question = f"How many {found['counted']} {found['verb']} there {found['after']}?"
        yield Asked("how many", question, found["number"])


def _is_sound(question: str, answer: str) -> bool:
    """Whether a question is whole, and leans on nothing that is not in it."""
    asked = question.removesuffix("?")
    leans = _POINTS_AWAY.search(asked) and not re.match(
        r"Who sa(?:id|ys)\b|How many .+ there", asked
    )
    dangles = _DANGLING.search(asked) and not asked.startswith("How")
    garbled = re.search(r"[–+=]|\b([a-z]+) \1\b", asked)
    return (
        len(asked.split()) > 4
        and len(asked) <= _LONGEST
        and answer not in asked
        and not (leans or dangles or garbled or _CUT_OFF.search(asked))
    )
