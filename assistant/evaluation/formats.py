"""The formats of question sets, told by content: files to fields, with what cannot be used.

Own JSON Lines and CSV have the same columns. SQuAD: Rajpurkar et al. 2018, "Know What You Don't
Know"; BEIR: Thakur et al. 2021, "BEIR: A Heterogenous Benchmark for Zero-shot Evaluation".
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assistant.evaluation.content import LARGEST, Content, read_text, refuse, strict_json
from assistant.reading.sentences import sentence_spans

_SQUAD = re.compile(r'\{.{0,2000}?"data"\s*:\s*\[', re.DOTALL)
_JSON_COLUMNS = ("history", "gold_spans", "gold_passages", "gold_documents")
_BOOLEANS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
_UNFIT = re.compile(r"[^\w .,()'-]+")


def read_content(path: Path, largest: int = LARGEST) -> Content:
    """Reads a file or folder in whatever format it is.

    Args:
        path: a file, plain or gzipped, or a BEIR folder.
        largest: most bytes that one file may have, decompressed.

    Raises:
        UsageError: it cannot be read, is too large, or in no known format.
    """
    if path.is_dir():
        return _beir_folder(path, largest)
    text = read_text(path, largest)
    if _is_squad(text):
        try:
            return squad(strict_json(text))
        except (ValueError, RecursionError) as error:
            refuse(path, f"it is not whole JSON: {error}", error)
    if any(line.lstrip().startswith("{") for line in text.split("\n", 20)[:20]):
        return json_lines(text)
    if not text.strip():
        return Content("jsonl")
    try:
        return comma_separated(text)
    except (ValueError, csv.Error) as error:
        refuse(path, str(error), error)


def _is_squad(text: str) -> bool:
    first = text.lstrip().partition("\n")[0]
    try:
        fields = strict_json(first)
    except (ValueError, RecursionError):
        return _SQUAD.match(text.lstrip()) is not None
    return isinstance(fields, dict) and "data" in fields


def json_lines(text: str, name: str = "") -> Content:
    """Own JSON Lines: one object a line; empty lines are skipped."""
    content = Content("jsonl")
    for number, line in enumerate(text.split("\n"), start=1):
        where = f"{name} line {number}".strip()
        if line.strip():
            try:
                content.rows.append((where, strict_json(line)))
            except (ValueError, RecursionError) as error:
                content.problems.append((where, f"it is not JSON: {error}"))
    return content


def comma_separated(text: str) -> Content:
    """CSV with the columns of JSON Lines; lists are JSON, several answers may be parted by ``|``.

    Raises:
        ValueError: there is no header with ``id`` and ``question``.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    columns = [column.strip() for column in next(reader, [])]
    missing = [column for column in ("id", "question") if column not in columns]
    if len(missing) == 1:
        raise ValueError(f"its header has no column `{missing[0]}`")
    if missing:
        raise ValueError("it is in none of the formats")
    content = Content("csv")
    try:
        for cells in reader:
            if not any(cells):
                continue
            where = f"line {reader.line_num}"
            if len(cells) > len(columns):
                content.problems.append((where, "it has more cells than the header"))
                continue
            try:
                row = {n: _cell(n, c) for n, c in zip(columns, cells, strict=False) if c.strip()}
                content.rows.append((where, row))
            except (ValueError, RecursionError) as error:
                content.problems.append((where, str(error)))
    except csv.Error as error:
        content.problems.append((f"line {reader.line_num}", f"it is not CSV: {error}"))
    return content


def _cell(column: str, cell: str) -> Any:
    if column in ("answerable", "draft"):
        return _BOOLEANS.get(cell.strip().lower(), cell)
    if column in _JSON_COLUMNS:
        try:
            return strict_json(cell)
        except ValueError as error:
            raise ValueError(f"`{column}` is not JSON") from error
    if column == "answers":
        try:
            listed = strict_json(cell)
        except (ValueError, RecursionError):
            listed = None
        if isinstance(listed, list):
            return listed
        return [part.strip() for part in cell.split("|") if part.strip()]
    return cell


def squad(value: Any) -> Content:
    """SQuAD 1 and 2: every paragraph becomes a text, every question a row."""
    content = Content("squad")
    numbers: Counter[str] = Counter()
    for place, article in _objects(value, "data", "", content):
        title = article.get("title")
        title = title if isinstance(title, str) else ""
        for inner, paragraph in _objects(article, "paragraphs", place, content):
            context = paragraph.get("context")
            if not isinstance(context, str) or not context.strip():
                content.problems.append((inner, "`context` is missing or not a text"))
                continue
            name = _usable(title)
            numbers[name.casefold()] += 1
            source = f"{name} {numbers[name.casefold()]}"
            content.texts.append((source, title.replace("_", " "), context))
            for where, asked in _objects(paragraph, "qas", inner, content):
                try:
                    content.rows.append((where, _squad_row(asked, source, context)))
                except ValueError as error:
                    content.problems.append((where, str(error)))
    return content


def _objects(
    holder: Any, name: str, place: str, content: Content
) -> Iterator[tuple[str, dict[str, Any]]]:
    listed = holder.get(name) if isinstance(holder, dict) else None
    place = f"{place}.{name}".lstrip(".")
    if not isinstance(listed, list):
        content.problems.append((place, "it is missing or not a list"))
        return
    for number, item in enumerate(listed):
        if isinstance(item, dict):
            yield f"{place}[{number}]", item
        else:
            content.problems.append((f"{place}[{number}]", "it is not a JSON object"))


def _squad_row(asked: dict[str, Any], source: str, context: str) -> dict[str, Any]:
    impossible = asked.get("is_impossible", False)
    if not isinstance(impossible, bool):
        raise ValueError("`is_impossible` is neither true nor false")
    row = {"id": asked.get("id"), "question": asked.get("question"), "article": source}
    if impossible:
        return row | {"answerable": False}
    answers = asked.get("answers")
    if not isinstance(answers, list) or not answers:
        raise ValueError("it is answerable, but has no `answers`")
    evidence = [_squad_evidence(answer, context) for answer in answers]
    texts = list(dict.fromkeys(answer["text"] for answer in answers))
    return row | {"answers": texts, "answerable": True, "evidence": evidence[0]}


def _squad_evidence(answer: Any, context: str) -> str:
    """The sentences that the answer stands in, nearly always one."""
    text = answer.get("text") if isinstance(answer, dict) else None
    start = answer.get("answer_start") if isinstance(answer, dict) else None
    if not isinstance(text, str) or not text.strip() or type(start) is not int or start < 0:
        raise ValueError("`answers` is not a list of objects with `text` and `answer_start`")
    end = start + len(text)
    if context[start:end] != text:
        raise ValueError(f"the answer {text[:60]!r} does not stand at {start} of the paragraph")
    held = [span for span in sentence_spans(context) if span[0] < end and start < span[1]]
    return context[held[0][0] : held[-1][1]]


def _usable(name: str) -> str:
    return _UNFIT.sub(" ", name)[:80].strip(" .") or "text"


def _beir_folder(folder: Path, largest: int) -> Content:
    def text_of(name: str) -> str:
        path = folder / name
        return read_text(path if path.exists() else folder / f"{name}.gz", largest)

    qrels = sorted(path for path in (folder / "qrels").glob("*.tsv"))
    splits = {path.stem: (f"qrels/{path.name}", read_text(path, largest)) for path in qrels}
    if not splits:
        if not (folder / "qrels.tsv").exists():
            refuse(folder, "the folder has no qrels")
        splits = {"": ("qrels.tsv", read_text(folder / "qrels.tsv", largest))}
    return beir(text_of("corpus.jsonl"), text_of("queries.jsonl"), splits)


def beir(corpus: str, queries: str, qrels: dict[str, tuple[str, str]]) -> Content:
    """A BEIR set: texts, queries, and by split the file name and text of the judgements."""
    content = Content("beir")
    sources: dict[str, str] = {}
    numbers: Counter[str] = Counter()
    for where, id_, line in _identified(corpus, "corpus.jsonl", content):
        title, text = line.get("title") or "", line.get("text") or line.get("title")
        if not isinstance(title, str) or not isinstance(text, str) or not text.strip():
            content.problems.append((where, "`text` is missing or not a text"))
        elif id_ in sources:
            content.problems.append((where, f"the id {id_!r} was there before"))
        else:
            name = _usable(id_)
            numbers[name.casefold()] += 1
            number = numbers[name.casefold()]
            sources[id_] = name if number == 1 else f"{name} ({number})"
            content.texts.append((sources[id_], title, text))
    asked: dict[str, Any] = {}
    for where, id_, line in _identified(queries, "queries.jsonl", content):
        if id_ in asked:
            content.problems.append((where, f"the id {id_!r} was there before"))
        asked.setdefault(id_, (where, line.get("text")))
    for split, (name, text) in qrels.items():
        graded = _graded(text, name, set(asked), sources, content)
        for id_, documents in graded.items():
            where, question = asked[id_]
            row = {"id": id_, "question": question, "gold_documents": documents}
            content.rows.append((where, row | ({"split": split} if split else {})))
    return content


def _identified(
    text: str, name: str, content: Content
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    lines = json_lines(text, name)
    content.problems.extend(lines.problems)
    for where, line in lines.rows:
        if isinstance(line, dict) and isinstance(line.get("_id"), str) and line["_id"]:
            yield where, line["_id"], line
        else:
            content.problems.append((where, "`_id` is missing or not a text"))


def _graded(
    text: str, name: str, asked: set[str], sources: dict[str, str], content: Content
) -> dict[str, list[list[Any]]]:
    graded: dict[str, list[list[Any]]] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        cells = line.rstrip("\r").split("\t")
        if not line.strip() or (number == 1 and cells[0] == "query-id"):
            continue
        reason = ""
        if len(cells) != 3 or not re.fullmatch(r"-?[0-9]{1,4}", cells[2]):
            reason = "it is not query-id, corpus-id and score, parted by tabs"
        elif cells[0] not in asked or cells[1] not in sources:
            reason = "its query or its text is not in the set"
        elif int(cells[2]) > 0:
            graded.setdefault(cells[0], []).append([sources[cells[1]], int(cells[2])])
        if reason:
            content.problems.append((f"{name} line {number}", reason))
    return graded
