"""Common English verbs: which words are one, and the base form that goes with "did"."""

from __future__ import annotations

BE = frozenset("is are was were".split())
HAVE = frozenset("has have had".split())
MODALS = frozenset("will would can could may might must shall should".split())
AUXILIARIES = BE | HAVE | MODALS

_REGULAR = """
    abandon abolish accept accompany accuse achieve acquire add admit adopt advance advise agree
    aim alienate allow amend announce answer appear apply appoint approach approve argue arrange
    arrest arrive ask assassinate assign assume attack attend attract attribute award ban base
    believe belong benefit blame borrow call campaign cancel capture carry cause cease celebrate
    chair change charge charter check cite claim clear climb close coin collapse collect collide
    colonise colonize combine command commission commit compare compete compile complain complete
    compose concede conclude condemn conduct confirm congratulate connect conquer consider consist
    construct consume contain continue contribute control convene convert convince cooperate count
    cover create criticise criticize cross cultivate cure damage deal debut decide declare decline
    dedicate defeat defect defend define deliver demand deny depend deploy derive describe design
    destroy determine develop devise devote die differ direct disappear discontinue discover
    discuss dismiss display dissolve distinguish distribute divide dominate donate double drain
    drop earn edit elect eliminate embrace emerge employ enact encourage end endorse ensure enter
    escape establish estimate evolve examine exceed execute exhibit expand expect expel expire
    explain explore export express extend face fail fear feature fill finish fire flood follow
    form formulate found function fund gain gather generate govern graduate grant guarantee guide
    handle happen head help hire host identify ignore imagine implement impose improve inaugurate
    include incorporate increase influence inform inherit initiate insist inspire install
    integrate introduce invade invent invest invite involve isolate issue join judge jump kill
    label land last launch learn lecture license lift like limit list live load locate look lower
    maintain manage manufacture mark marry measure mention merge migrate model move name need
    negotiate nominate note notice number observe obtain occupy occur offer open operate oppose
    order organise organize originate outlaw overlook own paint park participate pass patent peak
    perform permit persuade phone pick pioneer place plan plant play popularise popularize possess
    post praise predict prefer prepare present preside prevent print proclaim produce prohibit
    promise promote prompt propose protect prove provide publish pull purchase push question raise
    ratify reach rebuild receive recognise recognize recommend record recover redesign reduce
    refer reflect reform refuse regain reject relate release rely remain remember remove rename
    reopen repair repeat replace reply report represent request require rescue reside resign
    resist resolve respond restore result resume retain retire return reveal revise revolt reward
    rival rule sail save score search seat seize separate serve settle shape share shift ship show
    sign smell sound spawn specialise specialize sponsor stage start state stay stop store
    strengthen stretch study submit succeed sue suffer suggest supply support surrender surround
    survive suspend switch test thank threaten total touch tour trace trade train transfer
    transform translate travel treat trigger triple try turn unite upgrade urge use utilise
    utilize value veto visit volunteer vote wait walk want warn wash watch weigh welcome widen
    witness work worry yield
""".split()
_IRREGULAR = dict(
    pair.split(":")
    for pair in """
    became:become began:begin bore:bear bought:buy brought:bring broke:break built:build
    caught:catch chose:choose came:come cost:cost cut:cut drew:draw drove:drive fell:fall
    felt:feel fled:flee fought:fight found:find flew:fly forbade:forbid gave:give got:get
    grew:grow heard:hear held:hold hid:hide hit:hit hung:hang kept:keep knew:know laid:lay
    led:lead left:leave lent:lend let:let lost:lose made:make meant:mean met:meet oversaw:oversee
    overthrew:overthrow paid:pay put:put ran:run rang:ring read:read rose:rise rode:ride said:say
    sank:sink saw:see sent:send set:set sang:sing shot:shoot shut:shut slept:sleep sold:sell
    sought:seek spent:spend split:split spoke:speak spread:spread stood:stand struck:strike
    swam:swim taught:teach thought:think threw:throw told:tell took:take undertook:undertake
    went:go withdrew:withdraw won:win wore:wear wrote:write
    """.split()
)


def _past_forms(base: str) -> list[str]:
    if base.endswith("e"):
        return [f"{base}d"]
    if base.endswith("y") and base[-2] not in "aeou":
        return [f"{base[:-1]}ied"]
    return [f"{base}ed", f"{base}{base[-1]}ed"]


def _present_form(base: str) -> str:
    if base.endswith("y") and base[-2] not in "aeou":
        return f"{base[:-1]}ies"
    return f"{base}es" if base.endswith(("s", "sh", "ch", "x", "z", "o")) else f"{base}s"


_PAST = {past: base for base in _REGULAR for past in _past_forms(base)} | _IRREGULAR
_PRESENT = {_present_form(base): base for base in (*_REGULAR, *_IRREGULAR.values())}


def is_verb(word: str) -> bool:
    """Whether a word can be the verb of a clause; "opened" may be a participle, "plans" a noun."""
    known = word in AUXILIARIES or word in _PAST or word in _PRESENT
    return known or (word.endswith("ed") and len(word) > 4)


def question_form(verb: str) -> tuple[str, str] | None:
    """The form of "do" and the base form by which a verb is asked: "opened" is did, open.

    None for auxiliaries, which are turned round instead, and for verbs that are not known:
    spelling alone does not tell whether an e was dropped ("visited", "invited").
    """
    if verb in _PAST:
        return "did", _PAST[verb]
    return ("does", _PRESENT[verb]) if verb in _PRESENT else None
