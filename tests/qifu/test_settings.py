"""Settings come from the environment; what makes no sense is named by its variable."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qifu.errors import SettingsError
from qifu.settings import ROOT, Settings, read_settings

TOKEN = "4242:SECRET-of-the-bot"


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment without qifu's variables."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"QIFU_{name.upper()}", raising=False)
    monkeypatch.delenv("TELEGRAM_BOT_TOKEN", raising=False)


def test_without_any_variable_everything_has_a_value() -> None:
    settings = read_settings()
    assert (settings.home, settings.models) == (ROOT / "var", ROOT / "var" / "models")
    assert settings.database == f"sqlite+aiosqlite:///{ROOT / 'var' / 'qifu.db'}"
    assert settings.address == "http://127.0.0.1:8000"
    assert settings.telegram_bot_token is None


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("QIFU_PORT", "eighty"),
        ("QIFU_PORT", "70000"),
        ("QIFU_RASA_PORT", "-1"),
        ("QIFU_RASA_TIMEOUT", "0"),
        ("QIFU_KEEP_DAYS", "0"),
        ("QIFU_MAX_TEXT", "1.5"),
    ],
)
def test_a_variable_that_makes_no_sense_is_named(monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError, match=f"{variable}: "):
        read_settings()


def test_all_of_them_are_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QIFU_PORT", "x")
    monkeypatch.setenv("QIFU_KEEP_DAYS", "x")
    with pytest.raises(SettingsError, match=r"QIFU_PORT: .*QIFU_KEEP_DAYS: "):
        read_settings()


@pytest.mark.parametrize("name", [*(f"QIFU_{name.upper()}" for name in Settings.model_fields), "TELEGRAM_BOT_TOKEN"])
def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    usual = read_settings()
    monkeypatch.setenv(name, "")
    assert read_settings() == usual


@pytest.mark.parametrize(
    ("url", "database"),
    [
        ("postgresql://qifu@db/qifu", "postgresql+asyncpg://qifu@db/qifu"),
        ("postgres://qifu@db/qifu", "postgresql+asyncpg://qifu@db/qifu"),
        ("postgresql+asyncpg://db/qifu", "postgresql+asyncpg://db/qifu"),
        ("sqlite:////data/qifu.db", "sqlite+aiosqlite:////data/qifu.db"),
        ("sqlite+aiosqlite:////data/qifu.db", "sqlite+aiosqlite:////data/qifu.db"),
    ],
)
def test_a_databases_plain_url_gets_its_driver(monkeypatch: pytest.MonkeyPatch, url: str, database: str) -> None:
    monkeypatch.setenv("QIFU_DATABASE_URL", url)
    assert read_settings().database == database


def test_the_home_moves_everything_in_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("QIFU_HOME", str(tmp_path))
    assert str(tmp_path) in read_settings().database
    assert read_settings().models == tmp_path / "models"


def test_the_public_address_goes_before_the_local_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QIFU_PUBLIC_URL", "https://qifu.example")
    assert read_settings().address == "https://qifu.example"


def test_secrets_are_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", TOKEN)
    monkeypatch.setenv("QIFU_TELEGRAM_WEBHOOK_SECRET", TOKEN)
    settings = read_settings()
    assert settings.telegram_bot_token is not None
    assert settings.telegram_bot_token.get_secret_value() == TOKEN
    assert TOKEN not in f"{settings!r} {settings}"


@given(st.sampled_from(sorted(Settings.model_fields)), st.text(st.characters(codec="utf-8", exclude_characters="\0")))
def test_any_value_is_taken_or_named(name: str, value: str) -> None:
    variable = "TELEGRAM_BOT_TOKEN" if name == "telegram_bot_token" else f"QIFU_{name.upper()}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(variable, value)
        try:
            read_settings()
        except SettingsError as error:
            assert variable in str(error)
