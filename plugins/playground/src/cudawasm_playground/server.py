"""The server: static files from memory, and two requests for work, all to the page alone."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from cudawasm._version import __version__
from cudawasm_playground.assets import Asset, Packages, examples, media_type, page_files
from cudawasm_playground.compiler import Busy, CompilerProcess, CompilerStopped, Limits
from cudawasm_playground.guards import Guard, is_loopback, security_headers
from cudawasm_playground.requests import MOST_SOURCE, BadRequest, read_compile, read_generate

_MOST_BODY = 2 * MOST_SOURCE
_IDLE_SECONDS = 30
_PAGE = "/index.html"


class PlaygroundServer(ThreadingHTTPServer):
    """Listens at once. ``source`` is what the page shows first, instead of an example."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, host: str, port: int, limits: Limits | None = None, source: str = ""):
        if ":" in host:
            import socket

            self.address_family = socket.AF_INET6
        self.compiler = CompilerProcess(limits or Limits())  # which is closed where the port is taken
        super().__init__((host, port), _Handler)
        self.guard = Guard(host, self.server_port, secrets.token_urlsafe(24))
        self.packages = Packages()
        self.source = source
        self.compiler.warm()

    @property
    def url(self) -> str:
        name = str(self.server_address[0])
        return f"http://{f'[{name}]' if ':' in name else name}:{self.server_port}/"

    @cached_property
    def files(self) -> dict[str, Asset]:
        return page_files()

    @cached_property
    def start(self) -> bytes:
        """What the page reads first."""
        about = {
            "version": __version__, "examples": examples(), "targets": self.compiler.call("targets"),
            "source": self.source, "mostSource": MOST_SOURCE,
        }  # fmt: skip
        return json.dumps(about).encode()

    def server_close(self) -> None:
        super().server_close()
        self.compiler.close()


class _Handler(BaseHTTPRequestHandler):
    server: PlaygroundServer
    protocol_version = "HTTP/1.1"
    server_version = "cudawasm-playground"
    sys_version = ""
    timeout = _IDLE_SECONDS

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        is_page = path in ("/", _PAGE)
        refusal = self.server.guard.refuses_host(self.headers)
        refusal = refusal or self.server.guard.refuses_reader(self.headers, is_page)
        if refusal:
            self._refuse(403, refusal)
        elif is_page:
            self._send_page()
        elif path == "/start.json":
            self._answer(lambda: Asset(self.server.start, media_type(path)))
        elif (found := self.server.files.get(path) or self.server.packages.find(path)) is not None:
            self._send(200, found)
        else:
            self._refuse(404, "there is no such file")

    do_HEAD = do_GET

    def do_POST(self) -> None:
        work = {"/compile": self._compile, "/generate": self._generate}.get(self.path)
        refusal = self.server.guard.refuses_host(self.headers)
        refusal = refusal or self.server.guard.refuses_writer(self.headers)
        length = self.headers.get("Content-Length", "")
        self.close_connection = True  # until the body has been read, what follows is not a request
        if refusal:
            self._refuse(403, refusal)
        elif work is None:
            self._refuse(404, "there is no such request")
        elif not length.isdecimal() or "Transfer-Encoding" in self.headers:
            self._refuse(411, "the length must be said first")
        elif int(length) > _MOST_BODY:
            self._refuse(413, f"a request has {_MOST_BODY} bytes at most")
        else:
            body = self.rfile.read(int(length))
            self.close_connection = False
            self._answer(lambda: Asset(json.dumps(work(_parsed(body))).encode(), media_type(".json")))

    def _compile(self, data: Any) -> dict[str, Any]:
        answer = self.server.compiler.call("compile", read_compile(data))
        files = answer.pop("files")
        answer["package"] = f"{self.server.packages.add(files)}kernel.js" if files else ""
        return dict(answer)

    def _generate(self, data: Any) -> dict[str, Any]:
        return dict(self.server.compiler.call("generate", read_generate(data)))

    def _answer(self, make: Callable[[], Asset]) -> None:
        try:
            self._send(200, make())
        except BadRequest as error:
            self._refuse(400, str(error))
        except Busy:
            self._refuse(503, "the compiler is busy")
        except CompilerStopped as error:
            self._refuse(422, str(error))

    def _send_page(self) -> None:
        nonce = secrets.token_urlsafe(16)
        page = self.server.files[_PAGE].data.decode()
        page = page.replace("{nonce}", nonce).replace("{token}", self.server.guard.token)
        self._send(200, Asset(page.encode(), media_type(_PAGE)), nonce)

    def _refuse(self, status: int, reason: str) -> None:
        self._send(status, Asset(json.dumps({"error": reason}).encode(), media_type(".json")))

    def _send(self, status: int, asset: Asset, nonce: str = "none") -> None:
        self.send_response(status)
        for name, value in security_headers(nonce).items():
            self.send_header(name, value)
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Type", asset.type)
        self.send_header("Content-Length", str(len(asset.data)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(asset.data)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (its name in the base class)
        """Requests are not worth a line each."""


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadRequest("the content is not JSON") from error


__all__ = ["PlaygroundServer", "is_loopback"]
