from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assistant import settings
from assistant.errors import UsageError
from assistant.settings import Settings, load_settings


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's ``assistant.toml``, in a configuration folder of its own."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    path = settings.config_file()
    assert path.is_relative_to(tmp_path)
    path.parent.mkdir(parents=True)
    return path


def test_defaults_need_no_file(config: Path) -> None:
    loaded = load_settings()
    assert not config.exists()
    assert loaded.library == settings.data_folder() / "library"
    assert (loaded.host, loaded.port, loaded.passages) == ("127.0.0.1", 7860, 4)


def test_file_environment_and_caller_come_in_rising_order(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config.write_text('passages = 2\nport = 1\nhost = "::1"\n')
    assert load_settings().passages == 2
    monkeypatch.setenv("ASSISTANT_PASSAGES", "3")
    monkeypatch.setenv("ASSISTANT_PORT", "2")
    loaded = load_settings(passages=5, port=None, model=None)
    assert (loaded.passages, loaded.port, loaded.host) == (5, 2, "::1")
    assert loaded.model == "default"


def test_paths_may_begin_with_the_home_folder(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    config.write_text('library = "~/articles"\n')
    monkeypatch.setenv("ASSISTANT_AUTH", "~/readers")
    loaded = load_settings()
    assert (loaded.library, loaded.auth) == (tmp_path / "articles", tmp_path / "readers")
    assert load_settings(library="~$nobody/a").library == Path("~$nobody/a")
    assert Settings().auth == tmp_path / "readers"


def test_no_env_file_of_the_working_folder_is_read(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("ASSISTANT_PORT=1\n")
    (tmp_path / "assistant.toml").write_text("port = 2\n")
    monkeypatch.chdir(tmp_path)
    assert load_settings().port == 7860


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"passages": 0}, "'passages' must be a whole number from 1 to 20, and is 0."),
        ({"passages": "many"}, "'passages' must be a whole number from 1 to 20, and is 'many'."),
        ({"port": 65_536}, "'port' must be a whole number from 0 to 65535, and is 65536."),
        ({"threshold": 1.5}, "'threshold' must be a number from 0.0 to 1.0, and is 1.5."),
        ({"reranking": 2}, "'reranking' must be true or false, and is 2."),
        ({"model": 1}, "'model' must be a text, and is 1."),
        ({"colour": "red"}, "There is no setting 'colour'."),
    ],
)
def test_what_cannot_be_set_is_told_in_words(
    config: Path, given: dict[str, Any], told: str
) -> None:
    with pytest.raises(UsageError) as caught:
        load_settings(**given)
    assert caught.value.message.endswith(told)
    assert caught.value.hint


def test_a_bad_setting_is_corrected_where_it_stands(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hint(**given: Any) -> str:
        with pytest.raises(UsageError) as caught:
            load_settings(**given)
        return caught.value.hint

    config.write_text("passages = 99")
    assert hint() == f"Correct it in {config}."
    monkeypatch.setenv("ASSISTANT_PASSAGES", "98")
    assert hint() == "Correct the variable ASSISTANT_PASSAGES."
    assert hint(passages=97) == "Give another value."


@pytest.mark.parametrize("text", ["colour = 'red'", "passages = 99", "passages = 'x'"])
def test_a_wrong_setting_in_the_file_is_named(config: Path, text: str) -> None:
    config.write_text(text)
    with pytest.raises(UsageError, match=text.partition(" ")[0]):
        load_settings()


@pytest.mark.parametrize("data", [b"passages = ", b"\xff\xfe\x00", b"a = 1\na = 2"])
def test_a_file_that_is_not_toml_is_one_clear_error(config: Path, data: bytes) -> None:
    config.write_bytes(data)
    with pytest.raises(UsageError, match=r"assistant\.toml") as caught:
        load_settings()
    assert caught.value.hint


def test_settings_cannot_be_changed() -> None:
    loaded = load_settings()
    with pytest.raises(ValueError, match="frozen"):
        loaded.port = 1


def test_every_setting_is_described() -> None:
    assert all(field.description for field in Settings.model_fields.values())
