"""A server for all tests, and a page of it in headless Chromium.

Without Chromium or Playwright the tests of the page are skipped, unless CUDAWASM_REQUIRE_BROWSER is set.
"""

from __future__ import annotations

import json
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from cudawasm_playground.compiler import Limits
from cudawasm_playground.server import PlaygroundServer

SCREENSHOTS = Path(__file__).resolve().parents[2] / "out" / "screenshots"
# WebGPU in software, and nothing that asks the network.
FLAGS = (
    "--no-sandbox --enable-unsafe-webgpu --enable-features=Vulkan --use-vulkan=swiftshader --use-angle=swiftshader "
    "--disable-gpu-watchdog --disable-quic --no-first-run --disable-background-networking --disable-component-update "
    "--disable-sync"
).split()


@pytest.fixture(scope="session")
def server() -> Iterator[PlaygroundServer]:
    with PlaygroundServer("127.0.0.1", 0, Limits(seconds=60)) as made:
        threading.Thread(target=made.serve_forever, daemon=True).start()
        yield made
        made.shutdown()


@pytest.fixture
def ask(server: PlaygroundServer) -> Callable[..., tuple[int, dict[str, str], Any]]:
    def asked(method: str, path: str, body: Any = None, **headers: str) -> tuple[int, dict[str, str], Any]:
        return request(server, method, path, body, **headers)

    return asked


def request(
    server: PlaygroundServer, method: str, path: str, body: Any = None, **headers: str
) -> tuple[int, dict[str, str], Any]:
    """As the page asks, but for the given headers (with _ for -); an empty one is left out."""
    said = {"Host": f"127.0.0.1:{server.server_port}"}
    data = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else None
    if method == "POST":
        said |= {"Content-Type": "application/json", "X-Playground-Token": server.guard.token}
        said["Content-Length"] = str(len(data or b""))
    said |= {name.replace("_", "-"): value for name, value in headers.items()}
    connection = HTTPConnection("127.0.0.1", server.server_port, timeout=60)
    connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
    for name, value in said.items():
        if value:
            connection.putheader(name, value)
    connection.endheaders(data)
    response = connection.getresponse()
    content = response.read()
    connection.close()
    found = json.loads(content) if "json" in response.headers.get("Content-Type", "") and content else content
    return response.status, dict(response.headers), found


# --- the browser ---


def _lacking() -> str:
    if find_spec("playwright") is None:
        return "Playwright is not installed"
    return "" if _chromium() else "Chromium is not installed"


def _chromium() -> str:
    return os.environ.get("CUDAWASM_CHROMIUM") or shutil.which("chromium") or ""


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    if reason := _lacking():
        if os.environ.get("CUDAWASM_REQUIRE_BROWSER"):
            pytest.fail(reason)
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=_chromium(), headless=True, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def open_page(browser: Any, server: PlaygroundServer) -> Iterator[Callable[..., Page]]:
    """A page of the server in a context of its own; what the console says against it fails the test."""
    pages: list[Page] = []

    def opened(where: str = "", **options: Any) -> Page:
        options = {"viewport": {"width": 1440, "height": 900}, "color_scheme": "light", **options}
        made = Page(browser.new_context(**options), server.url + where)
        pages.append(made)
        return made

    yield opened
    for page in pages:
        page.context.close()
    assert [said for page in pages for said in page.complaints] == []


class Page:
    """The page, as a user and as a script in its console see it."""

    def __init__(self, context: Any, url: str):
        self.context = context
        self.raw = context.new_page()
        self.complaints: list[str] = []
        self.raw.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.raw.on("console", self._heard)
        self.raw.goto(url)
        self.until("globalThis.playground?.state.about")

    def _heard(self, message: Any) -> None:
        # A response that refuses is logged by the browser, whatever the page makes of it.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.complaints.append(message.text)

    def eval(self, script: str, argument: Any = None) -> Any:
        return self.raw.evaluate(script, argument)

    def until(self, condition: str, seconds: float = 30, argument: Any = None) -> Any:
        """Wait for a JavaScript expression to hold: the page's policy forbids what Playwright would do."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if found := self.eval(condition, argument):
                return found
            time.sleep(0.05)
        raise AssertionError(f"still not: {condition}; {self.text('#run-status')}; {self.text('#problems')}")

    def text(self, selector: str) -> str:
        return str(self.raw.inner_text(selector))

    def example(self, name: str, device: str = "wasm-threads") -> None:
        """Choose an example and run it on a device, with the numbers of its pictures kept."""
        self.eval(
            """async ([name, device]) => {
              playground.state.keeps = true;
              const example = playground.state.about.examples.find((found) => found.name === name);
              playground.loadProgram({ ...example, device });
              await playground.runProgram();
            }""",
            [name, device],
        )

    def program(self, source: str, run: str, device: str = "wasm-simd") -> None:
        self.eval(
            """async ([source, run, device]) => {
              playground.state.keeps = true;
              playground.loadProgram({ source, run, device });
              await playground.runProgram();
            }""",
            [source, run, device],
        )

    def ended(self, seconds: float = 60) -> None:
        """Wait for the end of a run that is sound."""
        self.until(
            "['ended', 'stopped by an error'].includes(document.getElementById('run-status').textContent)", seconds
        )
        assert self.text("#run-status") == "ended", self.text("#problems")

    def frames(self, count: int, seconds: float = 60) -> None:
        condition = f"playground.output.last.frames >= {count} || playground.state.scriptProblem"
        self.until(condition, seconds)
        assert not self.eval("playground.state.scriptProblem"), self.text("#problems")

    @property
    def last(self) -> Any:
        """What was shown last, without the pictures' pixels."""
        return self.eval("(({ image, ...rest }) => rest)(playground.output.last)")

    def picture(self) -> Any:
        """The numbers of the picture shown last, by row and column."""
        import numpy as np

        found = self.eval(
            "(({ values, width, height }) => ({ values: Array.from(values), width, height }))(playground.output.last.image)"
        )
        return np.array(found["values"]).reshape(found["height"], found["width"], -1).squeeze()

    def shot(self, name: str) -> None:
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.raw.screenshot(path=SCREENSHOTS / f"{name}.png")
