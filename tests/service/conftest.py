"""The whole service with real Rasa, started once; the model is trained where there is none for the data."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from qifu.settings import Settings
from qifu.understanding_room import ensure_model
from tests.fakes.browser import running_chromium
from tests.fakes.telegram import FakeTelegram
from tests.service.support import Served, free_settings


@pytest.fixture(scope="session")
def models() -> Path:
    """Where models live: the repository's own, or QIFU_TEST_MODELS."""
    chosen = os.environ.get("QIFU_TEST_MODELS")
    return Path(chosen).resolve() if chosen else Settings().models


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def model(models: Path) -> Path:
    """The model for the training data as it is."""
    assert models.name == "models", "models live in a folder of that name"
    return await ensure_model(Settings(home=models.parent))


@pytest.fixture
def home(tmp_path: Path, models: Path, model: Path) -> Path:
    """An empty home that has the models."""
    return home_with(tmp_path / "home", models)


def home_with(home: Path, models: Path) -> Path:
    """A home with a link to the models."""
    home.mkdir()
    (home / "models").symlink_to(models)
    return home


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def served(tmp_path_factory: pytest.TempPathFactory, models: Path, model: Path) -> AsyncIterator[Served]:
    """The running service, with Telegram."""
    home = home_with(tmp_path_factory.mktemp("service") / "home", models)
    async with FakeTelegram() as telegram:
        settings = free_settings(home, TELEGRAM_BOT_TOKEN=telegram.token, telegram_api_url=telegram.url)
        served = Served(settings, telegram)
        await served.start()
        yield served
        await served.stop()
        await served.http.aclose()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """A real browser."""
    async with running_chromium() as browser:
        yield browser
