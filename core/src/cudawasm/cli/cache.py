"""``cudawasm cache``: the disk cache."""

from __future__ import annotations

import typer
from rich.markup import escape

from cudawasm.cli.output import megabytes, out
from cudawasm.runtime.cache import default_cache

app = typer.Typer(help="Look at the disk cache or empty it.", no_args_is_help=True)


@app.command()
def info() -> None:
    """Show where the cache is and how full."""
    found = default_cache().info()
    console = out()
    console.print(f"folder   {escape(str(found.folder))}{'' if found.enabled else ' (switched off)'}")
    console.print(f"entries  {found.entries}")
    console.print(f"size     {megabytes(found.size)} of {megabytes(found.limit)}")


@app.command()
def clear() -> None:
    """Delete all entries."""
    out().print(f"{default_cache().clear()} entries deleted")
