"""A page in headless Chromium that does what Python asks for."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

from cudawasm.errors import ArgumentError, CudaWasmError, LaunchError
from cudawasm_browser.chromium import chromium

_HERE = Path(__file__).resolve().parent
_SCRIPTS = _HERE.parents[3] / "js" / "src"
_ORIGIN = "http://127.0.0.1:1"
"""Of a page whose files come from here and not from the network; WebGPU is for secure origins only, as this one is."""
_ERRORS: dict[str, type[CudaWasmError]] = {"ArgumentError": ArgumentError, "LaunchError": LaunchError}


class Page:
    """Started when it is first asked for something."""

    @cached_property
    def _page(self) -> Any:
        page = chromium().new_page()
        page.set_default_timeout(120_000)
        page.on("console", lambda message: print(f"browser: {message.text}"))
        page.route("**/*", _answered)
        page.goto(f"{_ORIGIN}/page.html")
        page.wait_for_function("globalThis.call")
        return page

    def call(self, name: str, *arguments: Any) -> Any:
        """What a function of ``page.js`` gives. Raises what it throws."""
        found = self._page.evaluate("(a) => globalThis.call(...a)", [name, *arguments])
        if "error" in found:
            error = _ERRORS.get(found["error"], CudaWasmError)
            known = found["error"] in _ERRORS or found["error"] in ("CudaWasmError", "DeviceUnavailable")
            raise error(found["message"] if known else found["stack"])
        return found.get("value")


def _answered(route: Any) -> None:
    path = route.request.url.removeprefix(_ORIGIN)
    if path == "/page.html":
        route.fulfill(body='<script type="module" src="/page.js"></script>', content_type="text/html")
        return
    file = _HERE / "page.js" if path == "/page.js" else _SCRIPTS / Path(path).name
    if file.is_file():
        route.fulfill(body=file.read_text(encoding="utf-8"), content_type="text/javascript")
    else:
        route.fulfill(status=404, body="")
