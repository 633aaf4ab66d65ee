"""``cudawasm playground``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

LOCAL = "127.0.0.1"
PORT = 8421


def playground(
    file: Annotated[
        Path | None, typer.Argument(exists=True, dir_okay=False, help="A CUDA source file to begin with.")
    ] = None,
    host: Annotated[str, typer.Option(help="Address to listen at; others than this computer's are a risk.")] = LOCAL,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = PORT,
    seconds: Annotated[float, typer.Option("--time-limit", min=0.1, help="Most seconds a compilation may take.")] = 20,
    show: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
) -> None:
    """Serve a page with CUDA on the left, generated code on the right, and runs in the browser."""
    from cudawasm_playground.compiler import Limits
    from cudawasm_playground.server import PlaygroundServer, is_loopback

    if not is_loopback(host):
        typer.secho(
            f"warning: {host} can be reached from other computers. Whoever reaches it can have this one compile, and "
            "browsers give pages from there neither threads nor WebGPU.",
            fg="yellow",
            err=True,
        )
    source = file.read_text(encoding="utf-8", errors="replace") if file else ""
    try:
        server = PlaygroundServer(host, port, Limits(seconds=seconds), source)
    except OSError as error:
        typer.secho(f"error: {host}:{port}: {error.strerror}; --port 0 takes a free port", fg="red", err=True)
        raise typer.Exit(1) from error
    with server:
        print(f"playground at {server.url} (end with Ctrl-C)", flush=True)
        if show:
            typer.launch(server.url)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()
