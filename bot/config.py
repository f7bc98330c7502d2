"""Settings from the environment (prefix LOTSE_) and a file .env beside it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dotenv import dotenv_values
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

import knowledge
import scheduler
from bot.core.model import Address
from scheduler.feeds import Source, parse_source

PREFIX = "LOTSE_"
ENV_FILE = ".env"
CHANNELS = ("telegram", "matrix")


class ConfigError(Exception):
    """A setting is wrong; names it and says what to write."""


def _zone(name: object) -> object:
    if not isinstance(name, str):
        return name
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is no time zone; write one such as Europe/Berlin") from error


def _address(text: object) -> object:
    if not isinstance(text, str):
        return text
    room = Address.parse(text)
    if room.channel == "matrix" and not room.chat.startswith("!"):
        raise ValueError(f"{room.chat!r} is no room; write the room's internal id, such as matrix:!abc:example.org")
    if room.channel == "telegram" and not re.fullmatch(r"-?\d+", room.chat):
        raise ValueError(f"{room.chat!r} is no number; write the group's number, such as telegram:-1001234567")
    return room


def _names(text: object) -> object:
    return tuple(name.strip() for name in text.split(",") if name.strip()) if isinstance(text, str) else text


def _sources(text: object) -> object:
    return tuple(map(parse_source, _names(text))) if isinstance(text, str) else text  # type: ignore[call-overload]


def _folder(path: Path) -> Path:
    if not path.is_dir():
        raise ValueError(f"{path} is no folder")
    return path


def _place_for_folder(path: Path) -> Path:
    return path if not path.exists() else _folder(path)


def _matrix_user(text: str) -> str:
    if not re.fullmatch(r"@[^:\s]+:\S+", text):
        raise ValueError(f"{text!r} is no account; write it in full, such as @lotse:example.org")
    return text


def _web_address(text: str) -> str:
    if not text.startswith(("http://", "https://")):
        raise ValueError("write an address that begins with https:// or http://")
    return text


class Settings(BaseSettings):
    """All settings of Lotse. The README's table is checked against this class."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=ENV_FILE, env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore"
    )

    data_dir: Annotated[Path, AfterValidator(_place_for_folder)] = Field(
        Path("data"), description="folder for the database and all that must last"
    )
    database_url: str | None = Field(None, description="another database than `lotse.sqlite3` in the data folder")
    channels: Annotated[tuple[str, ...] | None, NoDecode, BeforeValidator(_names)] = Field(
        None, description="messengers to run, with commas; by default all whose credentials are set"
    )
    telegram_token: SecretStr | None = Field(None, description="the token that @BotFather gave")
    telegram_api_url: Annotated[str, AfterValidator(_web_address)] = Field(
        "https://api.telegram.org", description="address of the Bot API server"
    )
    matrix_homeserver: Annotated[str | None, AfterValidator(lambda text: text and _web_address(text))] = Field(
        None, description="address of the homeserver, such as `https://matrix.example.org`"
    )
    matrix_user: Annotated[str | None, AfterValidator(lambda text: text and _matrix_user(text))] = Field(
        None, description="the bot's account, such as `@lotse:example.org`"
    )
    matrix_password: SecretStr | None = Field(None, description="the account's password; used once, to log in")
    matrix_access_token: SecretStr | None = Field(
        None, description="the access token of a device instead of the password"
    )
    advisers: Annotated[Address | None, BeforeValidator(_address)] = Field(
        None,
        description="the advisers' room, such as `telegram:-1001234567` or `matrix:!abc:example.org`; "
        "without it nobody is offered",
    )
    announce_by_two: bool = Field(
        False, description="`true`: an announcement is sent only when a second adviser confirms it"
    )
    keep_cases_days: Annotated[int, Field(ge=14, le=3650)] = Field(
        90, description="after so many days a closed case is removed with all its texts (14 at least)"
    )
    knowledge_dir: Annotated[Path, AfterValidator(_folder)] = Field(
        Path(knowledge.__file__).parent,
        description="folder of the knowledge base; by default the one shipped",
    )
    events_dir: Annotated[Path, AfterValidator(_folder)] = Field(
        Path(scheduler.__file__).parent / "events",
        description="folder of the events; by default the one shipped",
    )
    feeds: Annotated[tuple[Source, ...] | None, NoDecode, BeforeValidator(_sources)] = Field(
        None, description="iCalendar feeds of events, with commas: files or https addresses"
    )
    timezone: Annotated[ZoneInfo, BeforeValidator(_zone)] = Field(
        ZoneInfo("Europe/Berlin"), description="the city's time zone"
    )
    log_format: Literal["text", "json"] = Field("text", description="`text` for people, `json` for machines")

    @property
    def database(self) -> str:
        """The URL of the database."""
        return self.database_url or f"sqlite:///{self.data_dir / 'lotse.sqlite3'}"

    @property
    def active_channels(self) -> tuple[str, ...]:
        """The channels to run; none where no messenger is configured."""
        if self.channels is not None:
            return self.channels
        telegram = ("telegram",) if self.telegram_token is not None else ()
        matrix = ("matrix",) if self.matrix_homeserver is not None or self.matrix_user is not None else ()
        return telegram + matrix


def load_settings() -> Settings:
    """The settings. Raises ConfigError naming each setting that is wrong, unknown or missing."""
    try:
        problems = [f"{name}: there is no such setting" for name in sorted(_given() - _known())]
        settings = Settings()
    except UnicodeDecodeError as error:
        raise ConfigError(f"{ENV_FILE}: must be written in UTF-8: {error.reason}") from None
    except ValidationError as error:
        problems += [f"{_name(e['loc'])}: {_reason(e['msg'])}" for e in error.errors()]
        raise ConfigError("\n".join(problems)) from None
    problems += _contradictions(settings)
    if problems:
        raise ConfigError("\n".join(problems))
    return settings


def _given() -> set[str]:
    file: Mapping[str, str | None] = dotenv_values(ENV_FILE) if Path(ENV_FILE).is_file() else {}
    return {name.upper() for name in (*os.environ, *file) if name.upper().startswith(PREFIX)}


def _known() -> set[str]:
    return {f"{PREFIX}{field.upper()}" for field in Settings.model_fields}


def _name(location: tuple[int | str, ...]) -> str:
    field = str(location[0]) if location else ""
    return field.upper() if field.upper().startswith(PREFIX) else f"{PREFIX}{field.upper()}"


def _reason(message: str) -> str:
    return message.removeprefix("Value error, ")


def _missing_for_matrix(settings: Settings) -> list[str]:
    problems = []
    if settings.matrix_homeserver is None:
        problems.append("LOTSE_MATRIX_HOMESERVER: missing; write the address of the homeserver")
    if settings.matrix_user is None:
        problems.append("LOTSE_MATRIX_USER: missing; write the bot's account, such as @lotse:example.org")
    if settings.matrix_password is None and settings.matrix_access_token is None:
        problems.append(
            "LOTSE_MATRIX_PASSWORD: missing; write the account's password, or set LOTSE_MATRIX_ACCESS_TOKEN"
        )
    return problems


def _contradictions(settings: Settings) -> list[str]:
    problems = []
    for name in settings.channels or ():
        if name not in CHANNELS:
            problems.append(f"LOTSE_CHANNELS: there is no channel {name!r}; known are {', '.join(CHANNELS)}")
        elif name == "telegram" and settings.telegram_token is None:
            problems.append("LOTSE_TELEGRAM_TOKEN: missing, but LOTSE_CHANNELS names telegram")
    if "matrix" in settings.active_channels:
        problems += _missing_for_matrix(settings)
    room = settings.advisers
    if room is not None and settings.active_channels and room.channel not in settings.active_channels:
        problems.append(f"LOTSE_ADVISERS: {room} is on {room.channel}, which is not among the running channels")
    return problems
