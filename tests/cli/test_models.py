from __future__ import annotations

import json
from dataclasses import replace

from tests.cli.stand_ins import HOSTILE, MODEL, call


def test_models_are_listed_with_their_state() -> None:
    known = [
        MODEL,
        replace(MODEL, default=False),
        replace(MODEL, prepared=False),
        replace(MODEL, whole=False),
        replace(MODEL, present=False, whole=False, prepared=False, path="", bytes=0),
    ]
    outcome = call("models", models=known)
    rows = [line.split("\t") for line in outcome.out.splitlines()]
    assert outcome.code == 0
    assert rows[0] == ["tiny", "generator", "ready, the default", "85", "MIT", "A small one."]
    assert [row[2] for row in rows[1:]] == [
        "ready",
        "not yet prepared, the default",
        "damaged",
        "missing",
    ]


def test_json_is_every_model() -> None:
    known = [MODEL, replace(MODEL, note=HOSTILE)]
    assert json.loads(call("models", "--json", models=known).out) == [m.to_dict() for m in known]
