from __future__ import annotations

import os

import pytest

from assistant.errors import ReadingError
from assistant.reading.encodings import decode

ENGLISH = "“The price,” he said – “is £40 or €50, and that’s it.” It was a naïve café idea. "
GERMAN = "Der Übergang über den Fluß war gesperrt, weil die Brücke für Fußgänger geöffnet wurde. "
RUSSIAN = "Порт перевёз в прошлом году больше леса, сказал начальник порта во вторник. "
JAPANESE = "日本の港は昨年、百二十万トンの木材を運んだ。港長は火曜日にそう述べた。"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (ENGLISH, "utf-8"), (ENGLISH, "utf-8-sig"), (ENGLISH, "cp1252"), (ENGLISH, "utf-16"),
        (ENGLISH, "utf-16-le"), (ENGLISH, "utf-16-be"), (ENGLISH, "utf-32"), (GERMAN, "cp1252"),
        (GERMAN, "iso8859-15"), (RUSSIAN, "cp1251"), (RUSSIAN, "koi8-r"), (RUSSIAN, "utf-16-le"),
        (JAPANESE, "shift_jis"), (JAPANESE, "euc_jp"),
    ],
)  # fmt: skip
def test_encodings_are_found(text: str, encoding: str) -> None:
    assert decode((text * 4).encode(encoding), "page.txt").removeprefix("\ufeff") == text * 4


def test_a_page_is_believed_what_it_declares() -> None:
    page = '<html><head><meta charset="iso-8859-2"></head><p>Žluťoučký kůň</p></html>'
    assert decode(page.encode("iso-8859-2"), "page.html") == page
    xml = '<?xml version="1.0" encoding="windows-1251"?><html><p>Порт</p></html>'
    assert decode(xml.encode("cp1251"), "page.html") == xml


def test_a_wrong_declaration_does_no_harm() -> None:
    page = '<meta charset="no-such-thing"><p>naïve café</p>' + GERMAN
    assert decode(page.encode("cp1252"), "page.html") == page


def test_scattered_nul_bytes_are_no_reason_to_refuse() -> None:
    assert decode(b"a\0bc def ghi jkl mno", "page.txt") == "a\0bc def ghi jkl mno"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b" \r\n\0", "empty"),
        (b"%PDF-1.7\n...", "PDF"),
        (b"PK\x03\x04\x14\0", "ZIP"),
        (b"\x89PNG\r\n\x1a\n\0\0", "picture"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "picture"),
        (b"{\\rtf1\\ansi x}", "RTF"),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related;\n\nx", "MHTML"),
        (bytes(range(256)) * 40, "not a text file"),
        (b"\x01\x02\x03\x04" * 500, "not a text file"),
    ],
)
def test_what_is_no_text_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(ReadingError, match=words) as error:
        decode(data, "thing")
    assert error.value.hint


def test_random_bytes_are_refused_at_once() -> None:
    with pytest.raises(ReadingError):
        decode(b"\xfe" + os.urandom(200_000), "thing")
