"""Settings: each wrong one names itself, all at once; secrets are not shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config import ConfigError, Settings, load_settings
from bot.core.model import Address

TOKEN = "4711:AAE-secret_secret"


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of the machine, and no .env beside it."""
    for field in Settings.model_fields:
        monkeypatch.delenv(f"LOTSE_{field.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)


def problems() -> list[str]:
    with pytest.raises(ConfigError) as refused:
        load_settings()
    return str(refused.value).split("\n")


def test_without_any_setting_everything_has_a_value() -> None:
    settings = load_settings()
    assert settings.database == "sqlite:///data/lotse.sqlite3"
    assert settings.active_channels == ()
    assert settings.advisers is None
    assert str(settings.timezone) == "Europe/Berlin"
    assert settings.knowledge_dir.is_dir()
    assert settings.events_dir.is_dir()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("LOTSE_TIMEZONE", "Aachen", "Europe/Berlin"),
        ("LOTSE_TIMEZONE", "Europe", "Europe/Berlin"),
        ("LOTSE_TIMEZONE", "../Europe/Berlin", "Europe/Berlin"),
        ("LOTSE_ADVISERS", "telegram", "channel:chat"),
        ("LOTSE_ADVISERS", "telegram:", "channel:chat"),
        ("LOTSE_ADVISERS", "telegram:advisers", "number"),
        ("LOTSE_ADVISERS", "telegram:@advisers", "number"),
        ("LOTSE_ADVISERS", "matrix:#advisers:example.org", "internal id"),
        ("LOTSE_MATRIX_HOMESERVER", "matrix.example.org", "https://"),
        ("LOTSE_MATRIX_USER", "lotse", "@lotse:example.org"),
        ("LOTSE_KNOWLEDGE_DIR", "no/such/folder", "no folder"),
        ("LOTSE_EVENTS_DIR", "no/such/folder", "no folder"),
        ("LOTSE_DATA_DIR", "a_file", "no folder"),
        ("LOTSE_TELEGRAM_API_URL", "api.telegram.org", "https://"),
        ("LOTSE_TELEGRAM_API_URL", "ftp://api.telegram.org", "https://"),
        ("LOTSE_LOG_FORMAT", "xml", "text"),
        ("LOTSE_FEEDS", "http://city.example/a.ics", "https://"),
        ("LOTSE_FEEDS", "own.ics,https://city.example/a.ics#topic=party", "#topic="),
        ("LOTSE_CHANNELS", "telegram", "LOTSE_TELEGRAM_TOKEN"),
        ("LOTSE_CHANNELS", "icq", "icq"),
        ("LOTSE_TELEGRAM_TOKN", "x", "no such setting"),
        ("lotse_advisors", "telegram:-100", "no such setting"),
    ],
)
def test_a_wrong_setting_names_itself(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, value: str, said: str
) -> None:
    (tmp_path / "a_file").touch()
    monkeypatch.setenv(name, value)
    (problem,) = problems()
    named = "LOTSE_TELEGRAM_TOKEN" if (name, value) == ("LOTSE_CHANNELS", "telegram") else name.upper()
    assert problem.startswith(f"{named}: ")
    assert said in problem


def test_all_problems_are_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("TIMEZONE", "Aachen"), ("LOG_FORMAT", "xml"), ("COLOUR", "red")):
        monkeypatch.setenv(f"LOTSE_{name}", value)
    assert sorted(problem.partition(":")[0] for problem in problems()) == [
        "LOTSE_COLOUR",
        "LOTSE_LOG_FORMAT",
        "LOTSE_TIMEZONE",
    ]


def test_a_room_on_a_channel_that_does_not_run_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOTSE_TELEGRAM_TOKEN", TOKEN)
    monkeypatch.setenv("LOTSE_ADVISERS", "matrix:!room:example.org")
    (problem,) = problems()
    assert problem.startswith("LOTSE_ADVISERS: ")


@pytest.mark.parametrize("field", list(Settings.model_fields))
def test_empty_is_as_if_it_were_not_there(monkeypatch: pytest.MonkeyPatch, field: str) -> None:
    before = load_settings()
    monkeypatch.setenv(f"LOTSE_{field.upper()}", "")
    assert load_settings() == before


def test_the_token_alone_starts_telegram(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOTSE_TELEGRAM_TOKEN", TOKEN)
    monkeypatch.setenv("LOTSE_ADVISERS", "telegram:-1001234567")
    settings = load_settings()
    assert settings.active_channels == ("telegram",)
    assert settings.advisers == Address("telegram", "-1001234567")
    monkeypatch.setenv("LOTSE_CHANNELS", " telegram , ")
    assert load_settings().active_channels == ("telegram",)


MATRIX = {
    "LOTSE_MATRIX_HOMESERVER": "https://matrix.example.org",
    "LOTSE_MATRIX_USER": "@lotse:example.org",
    "LOTSE_MATRIX_PASSWORD": TOKEN,
}


def test_the_account_alone_starts_matrix_beside_telegram(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in MATRIX.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("LOTSE_ADVISERS", "matrix:!1PXX6_M0O")
    settings = load_settings()
    assert settings.active_channels == ("matrix",)
    assert settings.advisers == Address("matrix", "!1PXX6_M0O"), "a room of version 12 names no server"
    assert TOKEN not in repr(settings)
    monkeypatch.setenv("LOTSE_TELEGRAM_TOKEN", TOKEN)
    assert load_settings().active_channels == ("telegram", "matrix")


@pytest.mark.parametrize("missing", list(MATRIX))
def test_what_is_missing_for_matrix_is_named(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    for name, value in MATRIX.items():
        if name != missing:
            monkeypatch.setenv(name, value)
    (problem,) = problems()
    assert problem.startswith(f"{missing}: missing")
    if missing == "LOTSE_MATRIX_PASSWORD":
        monkeypatch.setenv("LOTSE_MATRIX_ACCESS_TOKEN", TOKEN)
        assert load_settings().active_channels == ("matrix",)


# --- .env ---


def test_the_file_beside_is_read_and_the_environment_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("LOTSE_TIMEZONE=Europe/Lisbon\nLOTSE_LOG_FORMAT=json\nOTHER=1\nLOTSE_ADVISERS=\n")
    monkeypatch.setenv("LOTSE_LOG_FORMAT", "text")
    settings = load_settings()
    assert (str(settings.timezone), settings.log_format, settings.advisers) == ("Europe/Lisbon", "text", None)


def test_an_unknown_setting_in_the_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("LOTSE_TOKEN=x\n")
    assert problems() == ["LOTSE_TOKEN: there is no such setting"]


def test_a_file_that_is_no_utf8_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes("LOTSE_DATA_DIR=Büro\n".encode("latin-1"))
    (problem,) = problems()
    assert problem.startswith(".env: ")


# --- secrets ---


def test_secrets_are_shown_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOTSE_TELEGRAM_TOKEN", TOKEN)
    settings = load_settings()
    for shown in (repr(settings), str(settings), f"{settings.telegram_token}", str(settings.model_dump())):
        assert "secret" not in shown
    monkeypatch.setenv("LOTSE_LOG_FORMAT", "xml")
    monkeypatch.setenv("LOTSE_ADVISERS", "matrix:!room:example.org")
    assert "secret" not in "\n".join(problems())


printable = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)


@given(st.sampled_from(list(Settings.model_fields)), printable)
def test_any_value_is_taken_or_refused_by_name(field: str, value: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(f"LOTSE_{field.upper()}", value)
        try:
            load_settings()
        except ConfigError as refused:
            assert all(problem.startswith("LOTSE_") for problem in str(refused).split("\nLOTSE_")[:1])
            assert f"LOTSE_{field.upper()}" in str(refused) or "LOTSE_TELEGRAM_TOKEN" in str(refused)
