"""The table of what clauses can be asked: a pattern of one part of a clause, and the question."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from assistant.evaluation.clauses import ABOUT, DATE, YEAR, Clause
from assistant.evaluation.naming import NAME, Names
from assistant.evaluation.verbs import BE
from assistant.records import Record

NAME_KIND = "name"

_SPELLED = (
    "(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen"
    "|sixteen|seventeen|eighteen|nineteen|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty"
    "|ninety)(?:-[a-z]+)?|a hundred|a thousand|a dozen)"
)
_DIGITS = r"(?!(?:1[5-9]|20)\d\d\b)\d+(?:,\d{3})*(?:\.\d+)?"
_POWER = "(?:hundred|thousand|million|billion|trillion)"
NUMBER = rf"(?:{_DIGITS}|{_SPELLED})(?: {_POWER})?"
_PERCENT = rf"{NUMBER}(?:%| percent| per cent)"
_UNIT = "(?:seconds?|minutes?|hours?|days?|nights?|weeks?|months?|years?|decades?|centuries)"
_CURRENCY = "(?:crowns|dollars|euros|pounds|francs|marks|yen|yuan|roubles|rubles|rupees|pesos)"
_MONEY = rf"(?:(?:US|A|C)?[$€£¥]{_DIGITS}(?: {_POWER})?|{NUMBER} {_CURRENCY})"
_PREPOSITION = (
    "(?:about|across|after|against|along|among|around|as|at|before|behind|below|beside|between|by"
    "|during|each|every|for|from|in|into|near|off|on|onto|out|over|past|per|since|through|to|toward"
    "|towards|under|until|up|with|within|without|a|an|the|who|of)"
)
# Up to three words, of which the last one before "of" is a plural.
COUNTED = (
    rf"(?P<counted>(?!(?:{_PREPOSITION}|times|{_POWER}|{_UNIT}|{_CURRENCY})(?: |$))"
    rf"(?:(?!{_PREPOSITION} )[a-z-]+ ){{0,2}}?(?:[a-z-]+s|people|men|women|children)"
    rf"(?: of(?: (?!{_PREPOSITION}\b)[\w-]+){{1,2}})?)(?= {_PREPOSITION}\b|$)"
)
_CAPITAL = r"[A-Z][\w’'-]+"
PLACE = rf"(?:the )?{_CAPITAL}(?: (?:of |the )*{_CAPITAL}){{0,3}}"
_BODIES = (
    "(?:Party|Company|Union|Committee|Council|University|College|Museum|Corporation|Institute"
    "|Society|Bank|Army|Court|Church|Club|School|River|Lake|Island|City|Bridge|Canal|Empire|Act"
    "|Treaty|Association|Agency|Ministry|Department|Organization|Organisation|Hospital|Hotel)"
)
_ROLE = (
    "(?:author|captain|chair[a-z]*|champion|director|editor|founder|god|goddess|governor|head|heir"
    "|inventor|king|leader|manager|mayor|minister|owner|president|queen|reporter|secretary|singer"
    "|son|daughter|wife|winner|writer|[a-z]+ist|[a-z]+man|[a-z]+woman)"
)
_SITED = frozenset(
    """died lives lived opened met stands stood lies settled studied taught landed began""".split()
)
_BODY = "(?P<body>.*?)"
_FEW = rf"(?P<body>(?:(?!between |{_SPELLED} )[\w’'-]+ ){{0,4}}?)"
_BARE = rf"(?P<body>(?:(?!between |a |an |the |{_SPELLED} )[\w’'-]+ ){{0,4}}?)"
_AFTER = "(?P<after>(?: .*)?)"
_NAMED = rf"(?P<answer>(?:the )?{NAME}|{YEAR})(?: (?:from|in|at) .*)?"
_IN = rf"\b(?:in|on|around) (?P<answer>{DATE})"


def _always(clause: Clause, names: Names) -> bool:
    return True


def _is(clause: Clause, names: Names) -> bool:
    return clause.verb in BE


def _is_done(clause: Clause, names: Names) -> bool:
    return clause.is_passive


def _happens(clause: Clause, names: Names) -> bool:
    return clause.verb not in BE


def _is_perfect(clause: Clause, names: Names) -> bool:
    return clause.is_perfect


def _takes(clause: Clause, names: Names) -> bool:
    return clause.verb in {"lasted", "lasts", "took", "takes"}


def _is_sited(clause: Clause, names: Names) -> bool:
    return clause.is_passive or clause.verb in _SITED


def _is_of_person(clause: Clause, names: Names) -> bool:
    role = rf"(?:the|a|an) (?:[a-z-]+ )*?{_ROLE}\b"
    described = clause.verb in BE and re.match(role, clause.rest)
    return bool(described) or names.is_person(clause.subject)


def _defines(clause: Clause, names: Names) -> bool:
    return clause.verb in {"is", "was"} and clause.rest.startswith("the ")


def _is_somebody(clause: Clause, names: Names) -> bool:
    named = re.match(NAME, clause.plain)
    is_role = re.search(rf"\b{_ROLE}\b", clause.subject) or (named and names.is_person(named[0]))
    return _is_something(clause, names) and bool(is_role)


def _is_something(clause: Clause, names: Names) -> bool:
    return clause.verb in {"is", "was"} and clause.subject.startswith("the ")


def _is_of_name(clause: Clause, names: Names) -> bool:
    is_thing = names.is_name(clause.subject) and not _is_of_person(clause, names)
    return is_thing and not clause.rest.startswith(("a ", "an "))


@dataclass(frozen=True, slots=True)
class Pattern(Record):
    """What can be asked where a part of a clause has a form.

    ``question`` is filled with the groups of the form, of which ``answer`` is the answer, and with
    the clause's ``subject``, ``verb``, ``turned`` (subject and verb as questions have them),
    ``told`` (verb and rest) and ``told_of_one`` (with "is" for "are"). ``fits`` says of which
    clauses it can be asked. The first pattern of a kind that gives a sound question counts.
    """

    kind: str
    part: Literal["subject", "rest", "plain", "whole"]
    form: str
    question: str
    fits: Callable[[Clause, Names], bool] = _always


TABLE = (
    Pattern("when", "plain", rf"{_IN}.*", "When {turned}?", _is),
    Pattern("when", "plain", rf"{_BODY}{_IN}{_AFTER}", "When {turned} {body}?", _is_done),
    Pattern("when", "whole", rf"{_BODY}{_IN}", "When {turned} {body}?", _happens),
    Pattern(
        "when",
        "plain",
        rf"{_BODY}{_IN} (?!(?:the|a|an|its|his|her|their)\b).*",
        "When {turned} {body}?",
        _happens,
    ),
    Pattern(
        "since",
        "rest",
        rf"{_BODY} since (?P<answer>{DATE})(?: .*)?",
        "Since when {turned} {body}?",
        _is_perfect,
    ),
    Pattern(
        "how long",
        "whole",
        rf"{ABOUT}(?P<answer>{NUMBER} {_UNIT}){_AFTER}",
        "How long {turned}{after}?",
        _takes,
    ),
    Pattern(
        "how long",
        "whole",
        rf"{_BODY}(?<!\S)for {ABOUT}(?P<answer>{NUMBER} {_UNIT}){_AFTER}",
        "How long {turned} {body}{after}?",
    ),
    Pattern(
        "how much",
        "whole",
        rf"{_FEW}{ABOUT}(?P<answer>{_MONEY}){_AFTER}",
        "How much {turned} {body}{after}?",
    ),
    Pattern(
        "how many",
        "whole",
        rf"{_FEW}{ABOUT}(?P<answer>{_PERCENT}) of (?P<all>[^,\d]+?)"
        rf"(?P<after>(?: {_PREPOSITION} .*)?)",
        "What percentage of {all} {turned} {body}{after}?",
        _happens,
    ),
    Pattern(
        "how many",
        "whole",
        rf"{ABOUT}(?P<answer>{NUMBER} [a-z]+) (?P<how>old|long|high|wide|deep|tall)",
        "How {how} {turned}?",
        _is,
    ),
    Pattern(
        "how many",
        "whole",
        rf"{_FEW}{ABOUT}(?P<answer>{NUMBER}) {COUNTED}{_AFTER}",
        "How many {counted} {turned} {body}{after}?",
        _happens,
    ),
    Pattern(
        "how many",
        "whole",
        rf"{_BARE}{ABOUT}(?P<answer>{NUMBER}) {COUNTED}{_AFTER}",
        "How many {counted} {turned} {body}{after}?",
        _is,
    ),
    Pattern(
        "where",
        "whole",
        rf"(?P<body>(?:(?!\bto ).)*?)(?<!\S)(?:in|at|near) (?P<answer>{PLACE})"
        rf"(?P<after>(?: in {DATE})?)",
        "Where {turned} {body}{after}?",
        _is_sited,
    ),
    Pattern(
        "who",
        "whole",
        rf"{_BODY}\bby (?P<answer>(?:the )?{NAME})(?P<after>(?: (?:in|on|at) .*)?)",
        "By whom {turned} {body}{after}?",
        _is_done,
    ),
    Pattern(
        "what",
        "rest",
        rf"(?P<how>called|named|nicknamed|known as) (?P<answer>{NAME})(?: .*)?",
        "What {turned} {how}?",
        _is,
    ),
    Pattern("what", "plain", _NAMED, "Who {verb} {subject}?", _is_somebody),
    Pattern("what", "plain", _NAMED, "What {verb} {subject}?", _is_something),
    Pattern("who", "subject", rf"(?P<answer>{NAME})", "Who {told_of_one}?", _is_of_person),
    Pattern("what", "subject", rf"(?P<answer>{NAME})", "What {told}?", _defines),
    Pattern(
        "what",
        "subject",
        rf"(?P<answer>(?:the )?(?:{_CAPITAL} ){{1,3}}(?P<what>{_BODIES}))",
        "Which {what} {told}?",
    ),
    Pattern(
        "what",
        "subject",
        rf"the (?P<what>(?:(?!{_PREPOSITION} )[a-z-]+ ){{1,3}})(?P<answer>{NAME})",
        "Which {what}{told}?",
    ),
    Pattern(
        "how many",
        "subject",
        rf"(?i:{ABOUT})(?P<answer>(?i:{NUMBER})) {COUNTED}{_AFTER}",
        "How many {counted}{after} {told}?",
    ),
    Pattern(
        "how many",
        "subject",
        rf"(?i:{ABOUT})(?P<answer>{_PERCENT}) of (?P<all>.+)",
        "What percentage of {all} {told}?",
    ),
    Pattern(
        NAME_KIND, "subject", rf"(?P<answer>{NAME})", "Who or what {told_of_one}?", _is_of_name
    ),
)
