"""Writes the generated pages of docs/ and checks every local link; run by ``dev.py docs``."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from cudawasm.diagnostic_codes import render_markdown

ROOT = Path(__file__).resolve().parent.parent
_LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(#[^)\s]*)?\)")
_CODE = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)


def broken_links(page: Path) -> list[str]:
    """Links of a page to files that are not there."""
    text = _CODE.sub("", page.read_text(encoding="utf-8"))
    local = [target for target, _ in _LINK.findall(text) if "://" not in target and "mailto:" not in target]
    return [f"{page.relative_to(ROOT)}: {target}" for target in local if not (page.parent / target).exists()]


def main() -> int:
    (ROOT / "docs/diagnostics.md").write_text(render_markdown(), encoding="utf-8")
    pages = [*sorted((ROOT / "docs").rglob("*.md")), *sorted(ROOT.glob("*.md"))]
    broken = [link for page in pages for link in broken_links(page)]
    print("\n".join(broken) or f"{len(pages)} pages, all links found")
    return int(bool(broken))


if __name__ == "__main__":
    sys.exit(main())
