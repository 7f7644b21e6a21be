"""The settings: one typed object, read from the environment once at the start."""

from datetime import time
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Self

from pydantic import AwareDatetime, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from qifu.errors import SettingsError

ROOT = Path(__file__).resolve().parent.parent

Port = Annotated[int, Field(ge=0, le=65535)]


class Settings(BaseSettings):
    """Every knob of qifu. Names in the environment carry the prefix QIFU_; Telegram's token is TELEGRAM_BOT_TOKEN.

    Times are in seconds unless a name says otherwise; port 0 means any free port.
    """

    model_config = SettingsConfigDict(env_prefix="QIFU_", extra="ignore", env_ignore_empty=True)

    home: Path = ROOT / "var"
    """Where the database, the models and the lock of a running qifu live."""
    database_url: str | None = None
    """SQLAlchemy URL; SQLite below `home` when not set. postgresql:// is understood."""

    host: str = "127.0.0.1"
    port: Port = 8000
    public_url: str | None = None
    """The address under which users reach the web chat, where it is not http://host:port."""
    rasa_port: Port = 5005
    action_port: Port = 5055

    rasa_timeout: float = Field(10.0, gt=0)
    """How long one message may take in Rasa."""
    rasa_start_timeout: float = Field(180.0, gt=0)

    telegram_bot_token: SecretStr | None = Field(None, alias="TELEGRAM_BOT_TOKEN")
    telegram_api_url: str = "https://api.telegram.org"
    telegram_webhook_url: str | None = None
    """Public https address of this server; with it Telegram pushes, without it qifu polls."""
    telegram_webhook_secret: SecretStr | None = None
    telegram_timeout: float = Field(15.0, gt=0)
    telegram_staff_group: int | None = Field(None, lt=0)
    """Chat id of the staff's group with topics; the bot is an administrator there who may manage topics."""

    console_idle: float = Field(1800.0, gt=0)
    """How long a member of staff stays logged in without doing anything."""
    console_longest: float = Field(43200.0, gt=0)
    """How long a member of staff stays logged in at most."""

    desk_opens: time = time(9, 0)
    """When the service desk opens on working days, in Shanghai's time."""
    desk_closes: time = time(17, 30)
    """When it closes; 00:00 means midnight."""
    desk_every_day: bool = False
    """Whether the desk is open on every day, not only on China's working days."""
    desk_offer: float = Field(20.0, ge=0)
    """How long a handoff is offered to the best member of staff before it is offered to all on duty."""
    desk_alert: float = Field(45.0, gt=0)
    """After how long without a claim all on duty are alerted."""
    desk_escalate: float = Field(60.0, gt=0)
    """After how long without a claim the managers are told."""
    desk_appeals_a_day: int = Field(5, gt=0)
    """How many appeals one conversation may file within 24 hours."""

    clock_speed: float = Field(1.0, gt=0, le=600)
    clock_start: AwareDatetime | None = None
    clock_since: AwareDatetime | None = None
    """The desk's clock in a simulation, see qifu/clock.py."""

    keep_days: int = Field(180, gt=0)
    """How many days conversations are kept."""
    max_text: int = Field(2000, gt=0)
    """How many characters of a message are read; the rest is cut and the user told."""
    log_level: str = "INFO"

    @field_validator("database_url", "public_url", "telegram_bot_token", "telegram_webhook_url", mode="before")
    @classmethod
    def _empty_is_unset(cls, value: object) -> object:
        """A variable set to nothing counts as not set."""
        return value or None

    @model_validator(mode="after")
    def _desk_opens_before_it_closes(self) -> Self:
        if self.desk_opens.tzinfo or self.desk_closes.tzinfo:
            raise ValueError("QIFU_DESK_OPENS and QIFU_DESK_CLOSES are times in Shanghai, such as 09:00")
        if self.desk_closes != time(0) and self.desk_closes <= self.desk_opens:
            raise ValueError("QIFU_DESK_CLOSES must be later than QIFU_DESK_OPENS")
        return self

    @model_validator(mode="after")
    def _only_a_simulation_has_a_clock_of_its_own(self) -> Self:
        given = (self.clock_start is not None, self.clock_since is not None)
        if (self.clock_speed != 1 or any(given)) and not all(given):
            raise ValueError("QIFU_CLOCK_SPEED, QIFU_CLOCK_START and QIFU_CLOCK_SINCE go together")
        if any(given) and not _is_loopback(self.host):
            raise ValueError("QIFU_CLOCK_START is for simulations: QIFU_HOST must be a loopback address")
        return self

    @property
    def database(self) -> str:
        """The database's URL with an asynchronous driver."""
        url = self.database_url or f"sqlite+aiosqlite:///{self.home / 'qifu.db'}"
        for plain, driver in (("postgresql://", "postgresql+asyncpg://"), ("postgres://", "postgresql+asyncpg://")):
            if url.startswith(plain):
                return driver + url.removeprefix(plain)
        return url.replace("sqlite://", "sqlite+aiosqlite://") if url.startswith("sqlite://") else url

    @property
    def models(self) -> Path:
        """Where trained models live."""
        return self.home / "models"

    @property
    def training_home(self) -> Path:
        """The folder with seeds/, nlu/ and tests/ that trainers work on: their own copy, or the repository."""
        own = self.home / "training"
        return own if own.is_dir() else ROOT

    @property
    def address(self) -> str:
        """The address of the web chat to print and to link to."""
        return self.public_url or f"http://{self.host}:{self.port}"


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def read_settings() -> Settings:
    """Settings from the environment. Raises SettingsError that names each variable that makes no sense."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = [
            f"{_variable(str(finding['loc'][0]))}: {finding['msg']}" if finding["loc"] else finding["msg"]
            for finding in error.errors()
        ]
        raise SettingsError("settings: " + "; ".join(wrong)) from None


def _variable(field: str) -> str:
    """The environment variable of a field."""
    return field if field == "TELEGRAM_BOT_TOKEN" else f"QIFU_{field.upper()}"
