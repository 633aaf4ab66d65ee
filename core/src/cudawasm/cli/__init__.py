"""The ``cudawasm`` command. Exit codes: 0 fine, 1 refused or failed, 2 wrong usage."""

from __future__ import annotations


def main() -> None:
    """Entry point of the ``cudawasm`` script."""
    from cudawasm.cli.app import run

    run()
