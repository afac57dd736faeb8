"""The clauses of an English sentence: who or what, the verb, and the rest.

Only plain clauses are read. A sentence that may have to be understood in another way gives none,
because a question made of it would be wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from assistant.evaluation.verbs import AUXILIARIES, BE, HAVE, MODALS, is_verb, question_form
from assistant.records import Record
from assistant.retrieval.expectations import MONTH
from assistant.retrieval.terms import words

YEAR = r"(?:1[0-9]|20)\d\d"
_PART = "(?:early |late |mid-)?"
DATE = (
    rf"(?:(?:\d{{1,2}} )?{MONTH}(?: \d{{1,2}},)? {YEAR}|\d{{1,2}} {MONTH}|{_PART}{YEAR}"
    rf"|the {_PART}{YEAR}s)"
)

ABOUT = (
    "(?:about |around |nearly |almost |some |more than |over |at least |roughly |approximately "
    "|only |just |fewer than |less than |as many as |an estimated |another |up to )?"
)

_OPENING = re.compile(
    rf"(?P<opening>(?:In|On|Since) {DATE}),? (?=\S)"
    r"|(?P<other>(?:In|At|On|During|After|Before|By|Under) (?=[^,;:]*[A-Z0-9])[^,;:]{2,40}), (?=\S)"
)
_DATED = re.compile(f"(?:in|on|since) (?P<date>{DATE})")
_PARTED = re.compile(r"[;:] |, (?:and|but|while|whereas) ")
_GOES_ON = "and|but|which|who|where|while|when|although|though|so|with|a|the|[a-z]+ing"
_CONNECTOR = re.compile(
    "(?:However|Moreover|In addition|In fact|In particular|For example|For instance|As a result"
    "|Eventually|Finally|Initially|Originally|Furthermore|Additionally|Today|In total), "
)
_END = re.compile(r",(?!\d)|[;()“”\"\[\]]|:(?!\d)| [–-]+ |—|[.!?]+$")
_JOINED = re.compile(
    r" (?:but|nor|because|while|when|whenever|after|before|until|unless|although|though|so|if|since"
    r"|(?P<needed>as|where|which|who|whom|whose|that|than(?! \d)|rather|instead|including|such"
    r"|known))\b"
)
_SUBORDINATE = re.compile(r"\b(?:which|who|that|where|when|while|because|as|if|than|although)\b")
_ABOUT = re.compile(f"^(?i:{ABOUT})(?=[0-9])")
_INNER_CAPITAL = re.compile(r"(?<=[a-z,] )[A-Z][\w’'-]+")
_ADVERB = re.compile(
    r"(?:[a-z]+ly|almost|also|later|first|soon|often|once|formally|still|eventually)\Z"
)
_NOT_A_SUBJECT = frozenset(
    """that which who whom whose where when while if because as than not no never nor neither also
    this these those such it he she they i we you there here what how his her their its my our your
    only even each every another other others to by from with for at on in into since until after
    before during through over under between against most many some several few both all none
    one despite according like unlike""".split()
)
_INSIDE = frozenset("of the a an and for in at de von van".split())
_FIRST = frozenset("of and for in at out up down about".split())
_PARTICIPLES = frozenset(
    """beaten been become begun born broken chosen come done drawn driven fallen flown given gone
    grown known risen run seen shown spoken sunk taken thrown withdrawn won worn written""".split()
)
_DETERMINERS = frozenset("the a an".split())


@dataclass(frozen=True, slots=True)
class Clause(Record):
    """A clause, its parts as they stand inside a sentence ("The mill" is "the mill").

    ``opening`` is what the sentence opens with, such as "in 1954" or "during the Second World War".
    ``rest`` is what follows the verb up to the first comma or stop, ``plain`` what of it comes
    before any conjunction; ``whole`` is the same, but "" where something was cut off in its middle.
    """

    opening: str
    subject: str
    adverb: str
    verb: str
    rest: str
    plain: str
    whole: str

    @property
    def date(self) -> str:
        """The date that the sentence opens with, "" if none."""
        dated = _DATED.fullmatch(self.opening)
        return dated["date"] if dated else ""

    @property
    def is_auxiliary(self) -> bool:
        """Whether the verb goes before the subject in a question, without "do"."""
        return self.verb in BE | MODALS or self.is_perfect

    @property
    def is_perfect(self) -> bool:
        """Whether it tells by "has", "have" or "had" what was done."""
        return self.verb in HAVE and _is_participle(self.rest.partition(" ")[0])

    @property
    def is_passive(self) -> bool:
        done = next((word for word in self.rest.split() if not _ADVERB.match(word)), "")
        return self.verb in BE and _is_participle(done)

    @property
    def turned(self) -> str:
        """The subject and verb as a question has them; "" where the verb's form is not known."""
        if self.is_auxiliary:
            return _joined(self.verb, self.subject, self.adverb)
        if self.verb in HAVE:
            do, base = "did" if self.verb == "had" else "do" + "es" * (self.verb == "has"), "have"
        elif form := question_form(self.verb):
            do, base = form
        else:
            return ""
        return _joined(do, self.subject, self.adverb, base)


class ClauseReader:
    """Reads clauses; knows from a text which words open a sentence in a capital only.

    Args:
        texts: what the sentences come from.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        known = list(texts)
        self._small = {word for text in known for word in words(text) if word[0].islower()}
        self._names = {name for text in known for name in _INNER_CAPITAL.findall(text)}

    def is_common(self, word: str) -> bool:
        """Whether the word, in whatever case, is one that is written small somewhere."""
        return word.lower() in self._small

    def is_name(self, word: str) -> bool:
        """Whether the word is written with a capital inside a sentence somewhere."""
        return word in self._names

    def clauses(self, sentence: str) -> list[Clause]:
        """The main clauses of a sentence that are plainly such."""
        found: list[Clause] = []
        for part in _PARTED.split(sentence):
            if not any(map(is_verb, part.split())):
                break  # what follows may belong to a list
            clause = self._read(part)
            if clause is not None:
                found.append(clause)
        return found

    def _read(self, sentence: str) -> Clause | None:
        sentence = _without_aside(_CONNECTOR.sub("", sentence, count=1))
        opening = _OPENING.match(sentence)
        body = sentence[opening.end() :] if opening else sentence
        end = _END.search(body)
        first = body[: end.start()] if end else body
        parts = first.split(" ")
        place = next((n for n, word in enumerate(parts) if self._opens_rest(parts, n)), 0)
        adverbs = 1 if place > 1 and _ADVERB.match(parts[place - 1]) else 0
        subject = self.inside(_ABOUT.sub("", " ".join(parts[: place - adverbs])))
        rest = " ".join(parts[place + 1 :]).rstrip(". ")
        if not self._is_subject(subject) or _may_be_participle(parts[place], body):
            return None
        plain, whole = _plain(rest)
        if _is_broken_off(first, body[len(first) :]):
            if not plain:
                return None
            rest = whole = ""
        allowed = 1 if parts[place] in AUXILIARIES else 0
        if sum(is_verb(word) for word in plain.split() if word != "been") > allowed:
            return None
        adverb = parts[place - 1] if adverbs else ""
        opened = opening["opening"] or opening["other"] if opening else ""
        opened = f"{opened[:1].lower()}{opened[1:]}"
        return Clause(opened, subject, adverb, parts[place], rest, plain, whole)

    def inside(self, text: str) -> str:
        """The text as it stands inside a sentence: "The mill" is "the mill", "Anna" stays."""
        first, space, following = text.partition(" ")
        name = following[:1].isupper() and first.lower() not in _DETERMINERS
        small = first.lower() in _DETERMINERS or (self.is_common(first) and not self.is_name(first))
        return f"{first.lower()}{space}{following}" if small and not name else text

    def _opens_rest(self, parts: list[str], place: int) -> bool:
        return place > 0 and is_verb(parts[place]) and parts[place - 1].lower() not in _DETERMINERS

    def _is_subject(self, subject: str) -> bool:
        parts = subject.split(" ")
        inner = {part.lower() for part in parts} - _INSIDE
        return (
            all(parts)
            and len(parts) <= 9
            and not inner & _NOT_A_SUBJECT
            and not re.search(r"[’'](?:m|ve|re|ll|d)\b", subject)
            and parts[0].lower() not in _FIRST
            and parts[-1].lower() not in _INSIDE
            and parts[0][0].isalnum()
            and (parts[0] in _DETERMINERS or parts[0][0].isupper() or len(parts) > 1)
        )


def _plain(rest: str) -> tuple[str, str]:
    """What comes before a conjunction, and the same or "" where what follows was part of it.

    "And" and "or" count where a verb may follow.
    """
    cut = _JOINED.search(f" {rest}")
    plain = rest[: max(0, cut.start() - 1)] if cut else rest
    before, _, after = re.sub(" or ", " and ", plain).partition(" and ")
    if any(map(is_verb, after.split())):
        return before, before
    return plain, "" if cut and cut["needed"] else plain


def _is_broken_off(first: str, following: str) -> bool:
    """Whether a quotation has only begun, or an adjective stands before another one."""
    return following[:1] in {"“", '"'} or bool(
        re.search(r"\b(?:a|an|the|of) [a-z-]+$", first)
        and re.match(rf", (?!(?:{_GOES_ON})\b)[a-z-]+ [a-z]", following)
    )


def _without_aside(sentence: str) -> str:
    """Reads "Ann Lee, who rowed, won" as "Ann Lee rowed", "Ann Lee, 9, won" as "Ann Lee won"."""
    if found := re.match(r"([A-Z][\w’' -]+), who ([^,]+)", sentence):
        return f"{found[1]} {found[2]}."
    found = re.match(r"([A-Z][\w’' -]+), (?:the|a|an|\d\d)\b[^,]*, ([a-z]+) (.*)", sentence)
    return f"{found[1]} {found[2]} {found[3]}" if found and is_verb(found[2]) else sentence


def _is_participle(word: str) -> bool:
    return word in _PARTICIPLES or (is_verb(word) and word not in AUXILIARIES)


def _may_be_participle(verb: str, body: str) -> bool:
    """ "The bread baked there was sold": where another verb follows, the first may be none."""
    if verb in AUXILIARIES:
        return False
    after = body.partition(f" {verb} ")[2]
    main, *_ = _SUBORDINATE.split(after, maxsplit=1)
    return not AUXILIARIES.isdisjoint(main.split()) or any(
        is_verb(word) for word in re.findall(r", ([a-z]+)", after)
    )


def _joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)
