"""Who may ask for what: hosts and origins, and the headers that keep a page to itself."""

from __future__ import annotations

import hmac
import ipaddress
import socket
from dataclasses import dataclass
from typing import Protocol

_HEADERS = {
    # The page has threads only where no other page can reach into it.
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
TOKEN_HEADER = "X-Playground-Token"


class Headers(Protocol):
    """Of a request; ``get`` does not distinguish cases."""

    def get(self, name: str, default: str, /) -> str: ...


def is_loopback(host: str) -> bool:
    """Whether an address is of this computer only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def security_headers(nonce: str) -> dict[str, str]:
    """Headers of every response. Scripts of the user come as blobs, and can reach nothing but this server."""
    policy = (
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval' blob:; worker-src 'self'; "
        f"style-src 'self' 'nonce-{nonce}'; img-src 'self' blob: data:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return {**_HEADERS, "Content-Security-Policy": policy}


@dataclass(frozen=True, slots=True)
class Guard:
    """The rules of a server that listens at ``host``:``port``. A refusal is said in words; "" lets a request pass."""

    host: str
    port: int
    token: str

    def refuses_host(self, headers: Headers) -> str:
        """A name that another site made point here (DNS rebinding) is not one of ours."""
        name, port = _split(headers.get("Host", ""))
        if port != self.port or not self._knows(name):
            return "unknown Host"
        return ""

    def refuses_reader(self, headers: Headers, is_page: bool) -> str:
        """Other sites may link to the page, and read nothing."""
        site = headers.get("Sec-Fetch-Site", "none")
        if site in ("same-origin", "none") or (is_page and headers.get("Sec-Fetch-Mode", "") == "navigate"):
            return ""
        return "requests of other sites are not answered"

    def refuses_writer(self, headers: Headers) -> str:
        """Only the page itself asks for work: it has the token, and no other site can read that."""
        if headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
            return "requests of other sites are not answered"
        if headers.get("Origin", "") not in ("", f"http://{headers.get('Host', '')}"):
            return "requests of other origins are not answered"
        if not hmac.compare_digest(headers.get(TOKEN_HEADER, "").encode(), self.token.encode()):
            return "the page is of an earlier run of the server; load it again"
        if headers.get("Content-Type", "").partition(";")[0].strip() != "application/json":
            return "the content must be application/json"
        return ""

    def _knows(self, name: str) -> bool:
        if is_loopback(self.host):
            return is_loopback(name)
        # Names of this computer, and any number: what a rebinding site lacks is a name of its own that is a number.
        return name in (self.host, "localhost", socket.gethostname()) or _is_address(name)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _split(host: str) -> tuple[str, int]:
    """Name and port of a Host header."""
    name, _, port = host.rpartition(":")
    if not port.isdecimal():
        name, port = host, "80"
    return name.removeprefix("[").removesuffix("]").lower(), int(port)
