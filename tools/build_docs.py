"""Writes the generated pages of docs/ and checks every local link; run by ``dev.py docs``."""

from __future__ import annotations

import inspect
import os
import re
import sys
from pathlib import Path
from typing import Any

os.environ.update(COLUMNS="100", TERM="dumb", NO_COLOR="1")  # before rich looks at them

import cudawasm
from cudawasm.diagnostic_codes import render_markdown

ROOT = Path(__file__).resolve().parent.parent
_LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(#[^)\s]*)?\)")
_CODE = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)
_QUOTE = re.compile(r"(<!-- quoted from (\S+) -->\n)```python\n.*?```", re.DOTALL)
_MADE = "<!-- Made by `python3 dev.py docs`; do not edit. -->"


def cli_page() -> str:
    """``docs/cli.md``: the help of each command."""
    from typer.main import get_command

    from cudawasm.cli.app import app

    parts = ["# Command line", "", _MADE]

    def add(command: Any, name: str, parent: Any) -> None:
        context = command.make_context(name.rsplit(maxsplit=1)[-1], [], parent=parent, resilient_parsing=True)
        help_text = "\n".join(line.rstrip() for line in command.get_help(context).splitlines())
        parts.extend(["", f"## {name}", "", "```text", help_text.strip(), "```"])
        for child in sorted(command.list_commands(context)) if hasattr(command, "list_commands") else ():
            add(command.get_command(context, child), f"{name} {child}", context)

    add(get_command(app), "cudawasm", None)
    return "\n".join(parts) + "\n"


def api_page() -> str:
    """``docs/api.md``: the public names with their signatures and docstrings."""
    parts = ["# Python API", "", _MADE, "", "`import cudawasm as cw`; every name below is `cw.name`."]
    public = {name: getattr(cudawasm, name) for name in cudawasm.__all__ if name != "__version__"}
    for name, value in sorted(public.items(), key=lambda item: (isinstance(item[1], type), item[0].lower())):
        parts += ["", f"## {name}", "", *_described(name, value)]
        if isinstance(value, type) and not issubclass(value, Exception):
            for member_name, member in _public_members(value):
                parts += ["", f"### {name}.{member_name}", "", *_described(member_name, member)]
    return "\n".join(parts) + "\n"


def _public_members(owner: type) -> list[tuple[str, Any]]:
    members = ((n, m) for n, m in vars(owner).items() if not n.startswith("_") or n in ("__getitem__", "__call__"))
    return [(n, m) for n, m in members if inspect.getdoc(getattr(m, "__func__", m)) and not _is_field(m)]


def _is_field(member: Any) -> bool:
    return not (callable(member) or isinstance(member, property | classmethod))


def _described(name: str, value: Any) -> list[str]:
    text = inspect.getdoc(getattr(value, "__func__", value)) or ""
    lines = text.replace("``", "`").splitlines()
    if isinstance(value, property):
        return lines
    try:
        signature = str(inspect.signature(getattr(value, "__func__", value)))
    except (TypeError, ValueError):
        return lines
    signature = signature.replace("self, ", "").replace("(self)", "()").replace("cls, ", "").replace("'", "")
    return ["```python", f"{name}{_without_modules(signature)}", "```", "", *lines]


def _without_modules(signature: str) -> str:
    signature = re.sub(r"<class ([\w.]+)>", r"\1", signature)
    return re.sub(r"\b(?:cudawasm|numpy|typing|collections)(?:\.\w+)*\.(\w+)", r"\1", signature)


def with_quotes(page: Path) -> str:
    """A page whose quotes of files, each after a comment that names the file, are what the files hold now."""

    def quoted(found: re.Match[str]) -> str:
        return f"{found[1]}```python\n{(ROOT / found[2]).read_text(encoding='utf-8').rstrip()}\n```"

    return _QUOTE.sub(quoted, page.read_text(encoding="utf-8"))


def broken_links(page: Path) -> list[str]:
    """Links of a page to files that are not there."""
    text = _CODE.sub("", page.read_text(encoding="utf-8"))
    local = [target for target, _ in _LINK.findall(text) if "://" not in target and "mailto:" not in target]
    return [f"{page.relative_to(ROOT)}: {target}" for target in local if not (page.parent / target).exists()]


def main() -> int:
    docs = ROOT / "docs"
    for name, text in (("diagnostics", render_markdown()), ("cli", cli_page()), ("api", api_page())):
        (docs / f"{name}.md").write_text(text, encoding="utf-8")
    authors = docs / "backend-authors.md"
    authors.write_text(with_quotes(authors), encoding="utf-8")
    pages = [*sorted(docs.rglob("*.md")), *sorted(ROOT.glob("*.md"))]
    broken = [link for page in pages for link in broken_links(page)]
    print("\n".join(broken) or f"{len(pages)} pages, all links found")
    return int(bool(broken))


if __name__ == "__main__":
    sys.exit(main())
