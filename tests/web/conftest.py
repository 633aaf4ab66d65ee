"""A package of the twelve kernels, Node, and headless Chromium."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from web_kernels import SOURCE, calls
from web_packages import exported, write

from cudawasm_browser.chromium import chromium, is_present
from cudawasm_browser.served import served

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the exported kernels, with the scripts that run them."""
    folder = tmp_path_factory.mktemp("web")
    blocks = {call.kernel: [call.block] for call in calls()}
    write(exported(SOURCE.read_bytes(), blocks=blocks), folder)
    for script in ("runner.mjs", "node_runner.mjs"):
        shutil.copy(HERE / script, folder)
    return folder


@pytest.fixture(scope="session")
def browser() -> Any:
    """Gives a context of (page, origin) for a folder that is served to Chromium."""
    if not is_present():
        pytest.skip("needs Chromium and Playwright")

    @contextlib.contextmanager
    def opened(folder: Path) -> Iterator[tuple[Any, str]]:
        page = chromium().new_page()
        page.set_default_timeout(180_000)
        page.on("pageerror", lambda error: print(f"page: {error}"))
        with served(folder) as origin:
            yield page, origin
        page.close()

    return opened


@pytest.fixture(scope="session")
def page(package: Path, browser: Any) -> Iterator[Any]:
    """A page that has loaded the package."""
    (package / "page.html").write_text(
        '<script type="module">\n'
        'import * as runner from "./runner.mjs";\nimport { load } from "./kernels.js";\n'
        "Object.assign(globalThis, { runner, load });\n</script>"
    )
    with browser(package) as (page, origin):
        page.goto(f"{origin}/page.html")
        page.wait_for_function("() => Boolean(globalThis.load)")
        yield page
