from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.errors import UsageError
from assistant.web.server.accounts import keep_password, read_accounts


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "readers.txt"


def test_only_the_right_password_of_a_known_name_counts(file: Path) -> None:
    keep_password(file, "Ada", "correct horse")
    keep_password(file, "Möwe )", "battery staple ü")
    accounts = read_accounts(file)
    assert accounts.check("Ada", "correct horse")
    assert accounts.check("Möwe )", "battery staple ü")
    for name, password in (
        ("Ada", "correct horse "),
        ("Ada", ""),
        ("ada", "correct horse"),
        ("Ada", "battery staple ü"),
        ("", ""),
        ("nobody", "correct horse"),
        ("Ada", "\ud800"),
    ):
        assert not accounts.check(name, password)


def test_a_new_password_takes_the_place_of_the_old_one(file: Path) -> None:
    file.write_text("# the readers of this library\n\n")
    keep_password(file, "Ada", "correct horse")
    keep_password(file, "Bob", "correct horse")
    keep_password(file, "Ada", "battery staple")
    assert file.read_text().startswith("# the readers of this library\n\nBob:scrypt$")
    accounts = read_accounts(file)
    assert list(accounts.secrets) == ["Bob", "Ada"]
    assert accounts.check("Ada", "battery staple")
    assert not accounts.check("Ada", "correct horse")


def test_equal_passwords_look_different(file: Path) -> None:
    keep_password(file, "Ada", "correct horse")
    keep_password(file, "Bob", "correct horse")
    ada, bob = read_accounts(file).secrets.values()
    assert ada.salt != bob.salt
    assert ada.key != bob.key


@pytest.mark.parametrize("name", ["", " ", " Ada", "Ada ", "a:b", "a\nb", "\x00", "#a", "a\u2028b"])
def test_a_name_that_cannot_stand_in_the_file_is_refused(file: Path, name: str) -> None:
    with pytest.raises(UsageError, match="cannot be used"):
        keep_password(file, name, "correct horse")
    assert not file.exists()


@pytest.mark.parametrize("password", ["", "short", "x" * 1001])
def test_a_password_that_is_too_short_or_too_long_is_refused(file: Path, password: str) -> None:
    with pytest.raises(UsageError, match="between 8 and 1,000"):
        keep_password(file, "Ada", password)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "names nobody"),
        ("# nobody\n", "names nobody"),
        ("Ada:correct horse", "Line 1 of .* is no name with a hashed password"),
        ("\nAda", "Line 2"),
        (":scrypt$AAAAAAAAAAAAAAAAAAAAAA==$" + "A" * 43 + "=", "Line 1"),
        ("Ada:scrypt$AAAA$AAAA", "Line 1"),
        ("Ada:scrypt$$$$", "Line 1"),
        ("Ada:md5$AAAAAAAAAAAAAAAAAAAAAA==$" + "A" * 43 + "=", "Line 1"),
        (2 * ("Ada:scrypt$AAAAAAAAAAAAAAAAAAAAAA==$" + "A" * 43 + "=\n"), "'Ada' is twice"),
    ],
)
def test_a_file_that_is_none_is_told_without_its_passwords(
    file: Path, text: str, told: str
) -> None:
    file.write_text(text)
    with pytest.raises(UsageError, match=told) as caught:
        read_accounts(file)
    assert "horse" not in str(caught.value)


def test_a_file_that_cannot_be_read_is_told(file: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read: No such file"):
        read_accounts(file)
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="it is no text"):
        read_accounts(file)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet="Aa:$=#\n scrypt0/+\u2028ü", max_size=80))
def test_whatever_the_file_holds_it_is_read_or_told(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
    with contextlib.suppress(UsageError):
        assert read_accounts(file).secrets
