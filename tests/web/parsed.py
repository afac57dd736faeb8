"""Reads a piece of HTML back, as a browser would: its elements and its text."""

from __future__ import annotations

from html.parser import HTMLParser

_VOID = {"br", "img", "input", "hr", "meta", "link"}


class Parsed(HTMLParser):
    """``elements`` are (tag, attributes) in order; ``text`` is what a reader sees, and ``mixed``
    what of it runs in the direction of the page, whatever its own is."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.marks: list[tuple[dict[str, str | None], str]] = []
        self.text = self.mixed = ""
        self._isolated: list[bool] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag == "br":
            self.text += "\n"
        if tag not in _VOID:
            self.open.append(tag)
            self._isolated.append(tag == "bdi" or ("dir", "auto") in attrs)
        if tag == "mark":
            self.marks.append((dict(attrs), ""))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, "elements must be closed in order"
        self._isolated.pop()

    def handle_data(self, data: str) -> None:
        self.text += data
        if not any(self._isolated):
            self.mixed += data
        if "mark" in self.open:
            attributes, text = self.marks[-1]
            self.marks[-1] = attributes, text + data

    @property
    def tags(self) -> set[str]:
        return {tag for tag, _ in self.elements}

    def named(self, tag: str, **wanted: str) -> list[dict[str, str | None]]:
        """The attributes of every such element that has the wanted ones."""
        return [
            attributes
            for found, attributes in self.elements
            if found == tag and all(attributes.get(k) == v for k, v in wanted.items())
        ]
