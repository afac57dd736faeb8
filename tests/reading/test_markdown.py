from __future__ import annotations

import pytest

from assistant.reading.blocks import web_address
from assistant.reading.markdown import read_markdown

PAGE = """---
Title: "Counting: a night"
authors: [Marit Oslow, {name: Jan Reh}]
date: 2021-09-18
categories: [Politics, Town]
url: https://post.example/night
---
# Counting: a night

See [the *port*](https://port.example) and ![two cranes](a.png) here[^1].
Still the same\\
after a break.

![Only a picture](b.png)

> A quote.

1. one
2. two
   - deeper

| Year | Tonnes |
|------|--------|
| 2022 | 1.0    |

```
let x = 1
  y = 2
```

<div>Some <b>markup</b> &amp; more</div>

[^1]: The first footnote
[^2]: Word
"""


def test_blocks() -> None:
    blocks = [(block.kind, block.text) for block in read_markdown(PAGE).blocks]
    assert blocks == [
        ("heading", "Counting: a night"),
        ("paragraph", "See the port and two cranes here. Still the same\nafter a break."),
        ("caption", "Only a picture"),
        ("quote", "A quote."),
        ("list", "1. one\n2. two\n- deeper"),
        ("table", "Year | Tonnes\n2022 | 1.0"),
        ("code", "let x = 1\n  y = 2"),
        ("paragraph", "Some markup & more"),
        ("footnote", "The first footnote"),
        ("footnote", "Word"),
    ]


def test_front_matter() -> None:
    page = read_markdown(PAGE)
    assert page.title == "Counting: a night"
    assert page.author == "Marit Oslow, Jan Reh"
    assert page.published == "2021-09-18"
    assert page.section == "Politics"
    assert page.address == "https://post.example/night"


@pytest.mark.parametrize(
    "front",
    [
        "a: [",
        "!!python/object/apply:os.system ['true']",
        "just words",
        "- a\n- b",
        "a: " + "[" * 5000,
    ],
)
def test_what_is_no_front_matter_is_text(front: str) -> None:
    page = read_markdown(f"---\n{front}\n---\n\nThe text stays.")
    assert page.title is None
    assert page.blocks[-1].text == "The text stays."


@pytest.mark.parametrize(
    "value",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "//x.example",
        "https://",
        "http://[",
        "http://a b",
        5,
        None,
    ],
)
def test_other_addresses_are_not_kept(value: object) -> None:
    assert web_address(value) is None
