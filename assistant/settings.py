"""Settings: the only reader of ``assistant.toml`` and of ``ASSISTANT_*`` variables.

In rising order: defaults, ``assistant.toml`` in the user's configuration folder, ``ASSISTANT_*``
in the environment, and what the caller gives; of some, commands have an option.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import platformdirs
from pydantic import AfterValidator, Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from assistant.errors import UsageError

_APPLICATION = "article-assistant"


def config_file() -> Path:
    """``assistant.toml`` in the user's configuration folder; it need not exist."""
    return Path(platformdirs.user_config_dir(_APPLICATION)) / "assistant.toml"


def data_folder() -> Path:
    """The user's data folder: the default library, and the page's secret."""
    return Path(platformdirs.user_data_dir(_APPLICATION))


def cache_folder() -> Path:
    """The user's cache folder: prepared models, which can be made again at any time."""
    return Path(platformdirs.user_cache_dir(_APPLICATION))


def expanded(path: str | Path) -> Path:
    """The path with the user's home folder for a leading ``~``.

    A ``~`` that stands for nobody's home stays: a file may well be named ``~$notes.txt``.
    """
    return Path(os.path.expanduser(path))


_Place = Annotated[Path, AfterValidator(expanded)]


class Settings(BaseSettings):
    """All that can be set. Unknown names in ``assistant.toml`` are refused, with their name."""

    model_config = SettingsConfigDict(env_prefix="ASSISTANT_", extra="forbid", frozen=True)

    library: _Place = Field(
        default_factory=lambda: data_folder() / "library", description="Folder of the library."
    )
    model: str = Field(
        "default", description="Language model: a name of `assistant models`, or a GGUF file."
    )
    embedder: str = Field("default", description="Embedding model: a name of `assistant models`.")
    passages: int = Field(4, ge=1, le=20, description="Passages found for a question, at most.")
    reranking: bool = Field(
        True, description="Whether passages found are put in order by reading them once more."
    )
    evidence_tokens: int = Field(
        320, ge=1, le=32_000, description="Most model tokens of evidence; the best sentence always."
    )
    answer_tokens: int = Field(120, ge=8, le=4_096, description="Most model tokens of an answer.")
    threads: int = Field(0, ge=0, le=256, description="Processor threads; 0: all cores.")
    threshold: float = Field(
        0.6, ge=0.0, le=1.0, description="Refuse where an answer is less likely than this."
    )
    host: str = Field("127.0.0.1", description="Address that the page listens on.")
    port: int = Field(7860, ge=0, le=65_535, description="Port of the page; 0: any free one.")
    auth: _Place | None = Field(
        None, description="File of those who may sign in to the page, see `assistant password`."
    )
    open_to_everyone: bool = Field(
        False, description="Whether other machines may use the page without signing in."
    )
    mcp: bool = Field(False, description="Whether the page offers its functions to agents (MCP).")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        toml = TomlConfigSettingsSource(settings_cls, toml_file=config_file())
        return init_settings, env_settings, toml


def load_settings(**given: Any) -> Settings:
    """Settings from all places; values of ``given`` that are None count as not given.

    Raises:
        UsageError: a value is out of range or of the wrong kind, a name is unknown, or
            ``assistant.toml`` is not TOML.
    """
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        raise _unusable(".".join(map(str, first["loc"])), first["input"], given) from error
    except (ValueError, OSError) as error:
        raise UsageError(
            f"The settings file {config_file()} cannot be read: {error}.",
            "Correct the file, or remove it to use the defaults.",
        ) from error


def _unusable(name: str, value: Any, given: Mapping[str, Any]) -> UsageError:
    """The error of a setting that cannot be used, with the place that it comes from."""
    if name not in Settings.model_fields:
        names = ", ".join(Settings.model_fields)
        place = "" if name in given else f" It stands in {config_file()}."
        return UsageError(f"There is no setting {name!r}.{place}", f"There are: {names}.")
    variable = f"ASSISTANT_{name.upper()}"
    if given.get(name) is not None:
        hint = "Give another value."
    elif variable in map(str.upper, os.environ):
        hint = f"Correct the variable {variable}."
    else:
        hint = f"Correct it in {config_file()}."
    return UsageError(f"The setting {name!r} must be {_wanted(name)}, and is {value!r}.", hint)


def _wanted(name: str) -> str:
    """What the values of a setting are, in words."""
    field = Settings.model_fields[name]
    if field.annotation is bool:
        return "true or false"
    least, most = (
        next((getattr(bound, side) for bound in field.metadata if hasattr(bound, side)), None)
        for side in ("ge", "le")
    )
    if least is None:
        return "a text"
    kind = "a whole number" if field.annotation is int else "a number"
    return f"{kind} from {least} to {most}"
