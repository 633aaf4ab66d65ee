"""The commands and what they have in common."""

from __future__ import annotations

import sys
from functools import cached_property
from typing import Annotated, Any

import typer
from rich.markup import escape
from typer.core import TyperGroup

from cudawasm._version import __version__
from cudawasm.cli import bench, cache, check, config, devices, emit, export_web, sanitize
from cudawasm.cli import run as programs
from cudawasm.cli.output import err
from cudawasm.errors import CudaWasmError


class WithPlugins(TyperGroup):
    """The commands of core, and those of plugins, which are looked for only when core's do not suffice."""

    @cached_property
    def _of_plugins(self) -> dict[str, Any]:
        from cudawasm.plugins import host

        return {name: c for name, c in host().commands(_command).items() if name not in self.commands}

    def list_commands(self, ctx: Any) -> list[str]:
        return [*super().list_commands(ctx), *self._of_plugins]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        return super().get_command(ctx, cmd_name) or self._of_plugins.get(cmd_name)


def _command(name: str, given: Any) -> Any:
    """A plugin's command as the command line has its own."""
    made: Any
    if isinstance(given, typer.Typer):
        made = typer.main.get_group(given)
    else:
        alone = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
        alone.command(name)(given)
        made = typer.main.get_command(alone)
    made.name = name
    return made


app = typer.Typer(
    cls=WithPlugins,
    help="CUDA C++ kernels anywhere: check, translate, time and run them without a CUDA toolkit.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"cudawasm {__version__}")
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None: ...


app.command("devices")(devices.devices)
app.command("doctor")(devices.doctor)
app.command("check")(check.check)
app.command("emit")(emit.emit)
app.command("export-web")(export_web.export_web)
app.command("run", cls=programs.WithProgramArguments)(programs.run)
app.command("build")(programs.build)
app.command("toolkit")(programs.toolkit)
app.command("bench")(bench.bench)
app.command("sanitize", context_settings={"ignore_unknown_options": True})(sanitize.sanitize)
app.add_typer(cache.app, name="cache")
app.add_typer(config.app, name="config")


def run() -> None:
    """Run the command line; errors that users can make are one message, not a traceback."""
    try:
        app(prog_name="cudawasm")
    except CudaWasmError as error:
        err().print(f"[bold red]error:[/] {escape(str(error))}", soft_wrap=True)
        sys.exit(1)
    except BrokenPipeError:  # as in `cudawasm emit ... | head`
        sys.stderr.close()
        sys.exit(1)
