"""Headless Chromium, started when it is first asked for: one in a process, as Playwright takes no second."""

from __future__ import annotations

import atexit
import os
import shutil
from functools import cache
from importlib.util import find_spec
from typing import Any

_FLAGS = (
    "--no-sandbox --enable-unsafe-webgpu --enable-features=Vulkan --use-vulkan=swiftshader --use-angle=swiftshader "
    "--disable-gpu-watchdog --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
"""WebGPU in software, and nothing asked of the network."""


def browser_path() -> str:
    """The browser to start; empty where there is none."""
    return os.environ.get("CUDAWASM_CHROMIUM") or shutil.which("chromium") or ""


def is_present() -> bool:
    """Whether it can be started, as far as is seen without doing so, which takes seconds."""
    return bool(browser_path()) and find_spec("playwright") is not None


@cache
def chromium() -> Any:
    """Playwright's browser."""
    from playwright.sync_api import sync_playwright

    playwright = sync_playwright().start()
    browser = playwright.chromium.launch(executable_path=browser_path(), headless=True, args=_FLAGS)
    atexit.register(_stop, browser, playwright)
    return browser


def _stop(browser: Any, playwright: Any) -> None:
    try:
        browser.close()
        playwright.stop()
    except Exception:  # it may have ended before
        pass
