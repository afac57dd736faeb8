"""HTML to a page: trafilatura finds the main text, and its structure is kept as blocks."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any

import trafilatura
from lxml import etree, html

from assistant.reading.blocks import Block, Kind, Page, web_address
from assistant.reading.bylines import iso_date
from assistant.reading.cleaning import squeeze, squeeze_lines

_START = re.compile(
    r"(?:\s{0,1000}(?:<\?xml[^>]{0,500}\?>|<!--.{0,5000}?-->)){0,10}\s{0,1000}"
    r"<(?:!doctype\s+html|html|head|body|title|meta|main|article|section|div|p|h[1-6]|span|table)\b",
    re.IGNORECASE | re.DOTALL,
)
_END = re.compile(r"</(?:html|body|head|article|div|p|h[1-6]|table)\s*>", re.IGNORECASE)
_XML_DECLARATION = re.compile(r"\s*<\?xml[^>]{0,500}\?>")
# The parser is slow on thousands of attributes; no tag of a page to be read needs so many.
_ENDLESS_TAG = re.compile(r"<([A-Za-z][A-Za-z0-9]{0,20})\s[^<>]{4000,}>")
# Above this size the slower second opinions on what the main text is are left out.
_LARGE = 2_000_000
_SHORTEST_ARTICLE = 250
_BLOCK_TAGS = re.compile(
    r"address|article|aside|blockquote|body|br|d[dlt]|div|fieldset|fig(?:caption|ure)|footer|h[1-6r]"
    r"|header|li|main|[ou]l|p|pre|section|table|t[dhr]"
)
_NO_TEXT = ("script", "style", "noscript", "template", "svg", "iframe")
_NOT_SHOWN = (*_NO_TEXT, "nav", "form", "button")


def is_html(text: str) -> bool:
    """Whether the text begins as an HTML page or a fragment of one does, and goes on so."""
    return _START.match(text) is not None and _END.search(text) is not None


def read_html(text: str) -> Page:
    """The main text of an HTML page as blocks, with what its head says of it.

    A page of several ``<article>`` elements that each hold a heading and enough text gives the
    blocks of each behind a block of kind ``article``. Where trafilatura finds no main text, all
    that the page shows is taken.
    """
    tree = _parse(text)
    _keep_captions(tree)
    fast = len(text) > _LARGE
    document = _extract(tree, fast)
    articles = _several_articles(tree)
    if articles:
        blocks = [block for article in articles for block in _article_blocks(article, fast)]
    else:
        blocks = list(_body_blocks(document.body)) if document is not None else []
    blocks = [block for block in blocks if block.text or block.kind == "article"]
    return Page(
        blocks=tuple(blocks or _visible_blocks(tree)),
        format="html",
        title=_known(document, "title"),
        section=next(iter(getattr(document, "categories", None) or ()), None),
        author=(_known(document, "author") or "").replace("; ", ", ") or None,
        published=iso_date(_known(document, "date") or ""),
        address=web_address(_known(document, "url")),
    )


def shown_lines(text: str) -> list[str]:
    """All lines that an HTML page shows, also those of its menus and buttons."""
    return _lines_shown(_parse(text), _NO_TEXT)


def _known(document: Any, field: str) -> str | None:
    value = getattr(document, field, None)
    return squeeze(value) or None if isinstance(value, str) else None


def _parse(text: str) -> Any:
    text = _ENDLESS_TAG.sub(r"<\1>", _XML_DECLARATION.sub("", text, count=1))
    parser = html.HTMLParser(remove_comments=True, remove_pis=True, huge_tree=True)
    return html.document_fromstring(f"<!DOCTYPE html>{text}", parser=parser)


def _extract(tree: Any, fast: bool) -> Any:
    return trafilatura.bare_extraction(
        tree,
        fast=fast,
        include_comments=False,
        include_images=True,
        with_metadata=True,
        date_extraction_params={
            "extensive_search": False,
            "original_date": True,
            "outputformat": "%Y-%m-%d",
        },
    )


def _keep_captions(tree: Any) -> None:
    """Make captions paragraphs: trafilatura drops them, with the picture's credit."""
    for caption in tree.iter("figcaption"):
        caption.tag = "p"
        caption.attrib.clear()
        caption.set("class", "caption")


# --- pages of several articles -------------------------------------------------------------------


def _several_articles(tree: Any) -> list[Any]:
    articles = [article for article in tree.iter("article") if _is_whole(article)]
    outermost = [one for one in articles if not any(a in articles for a in one.iterancestors())]
    return outermost if len(outermost) > 1 else []


def _is_whole(article: Any) -> bool:
    for one in (article, *article.iterancestors()):
        label = f"{one.get('class', '')} {one.get('id', '')}".casefold()
        if one.tag in ("nav", "aside", "footer") or "comment" in label or "related" in label:
            return False
    paragraphs = sum(len(squeeze("".join(p.itertext()))) for p in article.iter("p", "li"))
    return paragraphs >= _SHORTEST_ARTICLE and _title_of(article) is not None


def _title_of(article: Any) -> str | None:
    headings = (squeeze("".join(h.itertext())) for h in article.iter("h1", "h2", "h3", "h4"))
    return next((heading for heading in headings if heading), None)


def _article_blocks(article: Any, fast: bool) -> Iterator[Block]:
    yield Block("article", 0, "")
    yield Block("heading", 1, _title_of(article) or "")
    for time in article.iter("time"):
        date = iso_date(time.get("datetime") or squeeze("".join(time.itertext())))
        if date:
            yield Block("paragraph", 0, f"Published on {date}")
            break
    for author in article.xpath(
        ".//*[@rel='author' or @itemprop='author' or contains(@class, 'author')"
        " or contains(@class, 'byline')]"
    ):
        name = re.sub(r"^by\s+", "", squeeze("".join(author.itertext())), flags=re.IGNORECASE)
        if name:
            yield Block("paragraph", 0, f"By {name}")
            break
    page = html.document_fromstring("<html><body></body></html>")
    alone = copy.deepcopy(article)
    alone.tail = None
    page.body.append(alone)
    document = _extract(page, fast)
    yield from _body_blocks(document.body) if document is not None else _visible_blocks(alone)


# --- trafilatura's tree to blocks ----------------------------------------------------------------


def _body_blocks(body: Any) -> Iterator[Block]:
    yield Block("paragraph", 0, _lines_of(body.text))
    for element in body:
        yield from _element_blocks(element, "paragraph")
        yield Block("paragraph", 0, _lines_of(element.tail))


def _element_blocks(element: Any, kind: Kind) -> Iterator[Block]:
    if element.tag == "head":
        level = element.get("rend", "h2")[1:]
        yield Block("heading", int(level) if level.isdigit() else 2, squeeze(_text_of(element)))
    elif element.tag == "list":
        yield Block("list", 0, "\n".join(_item_lines(element)))
    elif element.tag == "table":
        rows = (
            [squeeze(_text_of(cell)) for cell in row.iter("cell")] for row in element.iter("row")
        )
        yield Block("table", 0, "\n".join(" | ".join(cells) for cells in rows))
    elif element.tag == "code":
        yield Block("code", 0, _text_of(element).strip("\n"))
    elif element.tag == "graphic":
        yield Block("caption", 0, squeeze(element.get("alt") or ""))
    elif element.tag == "quote" and len(element):
        yield Block("quote", 0, _lines_of(element.text))
        for child in element:
            yield from _element_blocks(child, "quote")
            yield Block("quote", 0, _lines_of(child.tail))
    else:
        caption = element.get("class") == "caption"
        yield Block("caption" if caption else kind, 0, _lines_of(_text_of(element)))


def _item_lines(items: Any) -> Iterator[str]:
    for number, item in enumerate(items.iterchildren("item"), start=1):
        mark = f"{number}. " if items.get("rend") == "ol" else "- "
        inner = list(item.iterchildren("list"))
        own = squeeze(_text_of(item, without=inner))
        if own:
            yield mark + own
        for nested in inner:
            yield from _item_lines(nested)


def _text_of(element: Any, without: list[Any] | None = None) -> str:
    if element in (without or ()):
        return ""
    if element.tag == "lb":
        return "\n"
    pieces = [element.get("alt") or "" if element.tag == "graphic" else element.text or ""]
    for child in element:
        pieces += [_text_of(child, without), child.tail or ""]
    return "".join(pieces)


def _lines_of(text: str | None) -> str:
    return squeeze_lines(text or "")


# --- what the page shows -------------------------------------------------------------------------


def _visible_blocks(tree: Any) -> list[Block]:
    return [Block("paragraph", 0, line) for line in _lines_shown(tree, _NOT_SHOWN)]


def _lines_shown(tree: Any, without: tuple[str, ...]) -> list[str]:
    tree = copy.deepcopy(tree)
    etree.strip_elements(tree, *without, "head", with_tail=False)
    pieces: list[str] = []
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        if _BLOCK_TAGS.fullmatch(str(element.tag)):
            pieces.append("\n")
        pieces.append((element.text if event == "start" else element.tail) or "")
    return squeeze_lines("".join(pieces)).split("\n")
