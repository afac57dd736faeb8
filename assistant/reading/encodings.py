"""A saved file's bytes to text, or a clear refusal."""

from __future__ import annotations

import codecs
import re

import charset_normalizer

from assistant.errors import ReadingError

_LARGEST = 50_000_000
_SIGNATURES = (
    (b"%PDF-", "a PDF file", "Save its text, or the web page that it came from."),
    (
        b"PK\x03\x04",
        "a ZIP archive or an office document",
        "Unpack it, or save it as text or HTML.",
    ),
    (b"\xd0\xcf\x11\xe0", "an old office document", "Save it as text or HTML."),
    (b"{\\rtf", "an RTF document", "Save it as text or HTML."),
    (b"\x1f\x8b", "a gzip archive", "Unpack it first."),
    (b"BZh", "a bzip2 archive", "Unpack it first."),
    (b"\xfd7zXZ", "an xz archive", "Unpack it first."),
    (b"7z\xbc\xaf", "a 7z archive", "Unpack it first."),
    (b"Rar!", "a RAR archive", "Unpack it first."),
    (b"(\xb5/\xfd", "a zstd archive", "Unpack it first."),
    (b"\x89PNG", "a picture", "Only text can be read."),
    (b"\xff\xd8\xff", "a picture", "Only text can be read."),
    (b"GIF8", "a picture", "Only text can be read."),
    (b"RIFF", "a picture, a sound or a film", "Only text can be read."),
    (b"OggS", "a sound or a film", "Only text can be read."),
    (b"ID3", "a sound", "Only text can be read."),
    (b"\x7fELF", "a program", "Only text can be read."),
    (b"SQLite format 3\x00", "a database", "Only text can be read."),
    (b"bplist00", "a web archive", "Save the page as HTML only."),
)
_SAVED_BY_MAIL = re.compile(rb"content-type:\s*multipart/related", re.IGNORECASE)
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(
    rb"<meta[^>]{0,200}?charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([\w.:-]{2,40})"
    rb"|<\?xml[^>]{0,200}?encoding\s{0,9}=\s{0,9}[\"']([\w.:-]{2,40})",
    re.IGNORECASE,
)
# What pages mean that declare one of these, as browsers have it.
_MEANT = {"iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254", "gb2312": "gb18030"}
# Which of several equally likely encodings it is.
_LIKELIEST = ("cp1252", "iso8859_2")
_CONTROLS = re.compile("[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f\ufffd]")


def decode(data: bytes, name: str) -> str:
    """The text of a file: by its byte order mark, as UTF-8, as an HTML page declares itself, or
    else as charset-normalizer finds most likely.

    Raises:
        ReadingError: the file is empty, larger than 50 MB, or no text.
    """
    if not data.strip(b"\0 \t\r\n"):
        raise ReadingError(f"{name} is empty.", "Check that the page was saved whole.")
    if len(data) > _LARGEST:
        raise ReadingError(
            f"{name} is larger than {_LARGEST // 1_000_000} MB.", "Split it into smaller files."
        )
    _refuse_known_binaries(data, name)
    text = _decode(data)
    if text is None or not _is_readable(text):
        raise ReadingError(f"{name} is not a text file.", "Add text, Markdown or HTML files.")
    return text


def _is_readable(text: str) -> bool:
    return len(_CONTROLS.findall(text)) <= len(text) / 50


def _refuse_known_binaries(data: bytes, name: str) -> None:
    for signature, kind, hint in _SIGNATURES:
        if data.startswith(signature):
            raise ReadingError(f"{name} is {kind}.", hint)
    if _SAVED_BY_MAIL.search(data[:4000]):
        raise ReadingError(f"{name} is a web archive (MHTML).", "Save the page as HTML only.")


def _decode(data: bytes) -> str | None:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    if data.count(0) <= len(data) / 10:
        for encoding in ("utf-8", _declared_encoding(data)):
            try:
                text = data.decode(encoding)
            except (LookupError, UnicodeError):
                continue
            # The bytes of UTF-16 without a mark may be valid UTF-8, but no text.
            if _is_readable(text) or b"\0" not in data:
                return text
    return _guess(data)


def _declared_encoding(data: bytes) -> str:
    declared = _DECLARED.search(data[:4096])
    if not declared:
        return "utf-8"
    label = (declared[1] or declared[2]).decode("ascii")
    try:
        label = codecs.lookup(label).name
    except LookupError:
        return "utf-8"
    return _MEANT.get(label, label)


def _guess(data: bytes) -> str | None:
    matches = list(charset_normalizer.from_bytes(data))
    if not matches:
        return None
    best = matches[0]
    equals = {
        match.encoding: match
        for match in matches
        if (match.chaos, match.coherence) == (best.chaos, best.coherence)
    }
    likeliest = next((equals[name] for name in _LIKELIEST if name in equals), best)
    return str(likeliest)
