"""A real Chromium for tests of pages, and a page whose errors fail the test."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

SWITCHES = [
    "--no-sandbox",
    "--headless=new",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
WIDE = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
PATIENCE = 15_000
"""Milliseconds a page may take to show what it should."""
EXPECTED = (
    "ERR_CONNECTION_REFUSED",
    "ERR_INCOMPLETE_CHUNKED_ENCODING",
    "Failed to load resource",
    "WebSocket connection to",
)
"""What the browser itself writes when a server is away or refuses; everything else on its console is a fault."""


def chromium_path() -> str:
    """Where Chromium is. Fails the test, naming the package to install; QIFU_SKIP_BROWSER=1 skips it instead."""
    if os.environ.get("QIFU_SKIP_BROWSER") == "1":
        pytest.skip("QIFU_SKIP_BROWSER=1")
    names = ("chromium", "chromium-browser", "google-chrome")
    candidates = [os.environ.get("QIFU_CHROMIUM"), "/usr/bin/chromium", *map(shutil.which, names)]
    for path in candidates:
        if path and os.access(path, os.X_OK):
            return path
    pytest.fail("no Chromium: install the package chromium (with fonts-noto-cjk), or set QIFU_CHROMIUM", pytrace=False)


@asynccontextmanager
async def running_chromium() -> AsyncIterator[Browser]:
    """A browser for as long as the context lasts."""
    path = chromium_path()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=SWITCHES)
        yield browser
        await browser.close()


@asynccontextmanager
async def opened_page(browser: Browser, url: str, **options: Any) -> AsyncIterator[Page]:
    """A page in a fresh profile, in Chinese unless told otherwise; afterwards no script has failed on it."""
    context = await browser.new_context(**{"locale": "zh-CN", "viewport": WIDE, "base_url": url} | options)
    context.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    page = await context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    await page.goto("/")
    yield page
    await context.close()
    assert [fault for fault in faults if not any(words in fault for words in EXPECTED)] == []
