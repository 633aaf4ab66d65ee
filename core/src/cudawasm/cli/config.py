"""``cudawasm config``: the settings and their files."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape

from cudawasm import config
from cudawasm.cli.output import out, table

app = typer.Typer(help="Show or change the settings.", no_args_is_help=True)


@app.command()
def show() -> None:
    """Show each setting, its value and where the value comes from."""
    rows = table("setting", "value", "from", "environment variable", "meaning")
    for name, setting in config.SETTINGS.items():
        resolved = config.resolve(name)
        rows.add_row(
            name,
            escape(str(resolved.value)),
            escape(resolved.origin),
            ", ".join(setting.variables),
            setting.help,
        )
    out().print(rows)


@app.command()
def path() -> None:
    """Show the project's and the user's configuration file."""
    project = config.project_file()
    out().print(f"project  {escape(str(project)) if project else 'none'}", soft_wrap=True)
    out().print(f"user     {escape(str(config.user_file()))}", soft_wrap=True)


@app.command("set")
def set_(
    name: Annotated[str, typer.Argument(help="The setting, as `show` lists them.")],
    value: Annotated[str, typer.Argument(help="Its new value.")],
) -> None:
    """Set a value in the user's configuration file."""
    written = config.write_user_setting(name, value)
    out().print(f"{name} = {escape(value)} in {escape(str(written))}", soft_wrap=True)
