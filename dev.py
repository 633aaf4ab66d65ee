#!/usr/bin/env python3
"""Everything a developer runs, with nothing but Python, pip and git: ``python3 dev.py COMMAND``.

Each command first makes ``.venv`` and installs all local packages editable in one pip call; a stamp of the
project files makes that a no-op the next time. Standard library only.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "cudawasm-stamp"
CONSTRAINTS = ROOT / "constraints.txt"


def venv_python() -> Path:
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def local_packages() -> list[Path]:
    """Folders with a package of ours, core first."""
    candidates = [ROOT / "core", *sorted(ROOT.glob("backend-*")), *sorted(ROOT.glob("plugins/*"))]
    return [path for path in candidates if (path / "pyproject.toml").is_file()]


def stamp_text() -> str:
    """What an installation depends on: the project files, the pins and the Python."""
    digest = hashlib.sha256(sys.version.encode() + str(ROOT).encode())
    for path in [ROOT / "pyproject.toml", CONSTRAINTS, *(p / "pyproject.toml" for p in local_packages())]:
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def make_venv() -> list[str]:
    """Make ``.venv`` unless it is there; the command that runs pip for it.

    Debian keeps ``ensurepip`` in a package of its own; without it the pip of this Python serves.
    """
    own_pip = [str(venv_python()), "-m", "pip"]
    if (
        venv_python().exists()
        and not subprocess.run([*own_pip, "--version"], capture_output=True, check=False).returncode
    ):
        return own_pip
    print("making .venv ...", flush=True)
    make = [sys.executable, "-m", "venv", "--clear"]
    if not subprocess.run([*make, str(VENV)], capture_output=True, check=False).returncode:
        return own_pip
    shutil.rmtree(VENV, ignore_errors=True)
    if subprocess.run([*make, "--without-pip", str(VENV)], check=False).returncode:
        sys.exit("python -m venv failed; on Debian and Ubuntu: apt install python3-venv")
    return [sys.executable, "-m", "pip", "--python", str(venv_python())]


def setup() -> None:
    """Make the virtual environment and install, unless the stamp says that nothing changed."""
    stamp = stamp_text()
    if venv_python().exists() and STAMP.exists() and STAMP.read_text() == stamp:
        return
    if sys.version_info < (3, 11):
        sys.exit(f"cudawasm needs Python 3.11 or later; this is {sys.version.split()[0]}")
    started = time.monotonic()
    pip = make_venv()
    print("installing the packages (once) ...", flush=True)
    editable = [flag for path in local_packages() for flag in ("-e", str(path))]
    command = [*pip, "install", "--quiet", "--disable-pip-version-check"]
    command += ["-c", str(CONSTRAINTS), *editable, "-e", f"{ROOT}[dev]"]
    # Build environments do not read -c, so the pins reach them by the environment.
    environment = {**os.environ, "PIP_CONSTRAINT": str(CONSTRAINTS)}
    if subprocess.run(command, env=environment, check=False).returncode:
        sys.exit("pip install failed; see above")
    STAMP.write_text(stamp)
    print(f"installed in {time.monotonic() - started:.0f} s", flush=True)


def run(*command: str, **environment: str) -> int:
    """Run Python of the virtual environment; its exit status."""
    full = [str(venv_python()), *command]
    return subprocess.run(full, cwd=ROOT, env={**os.environ, **environment}, check=False).returncode


def demo(rest: list[str]) -> int:
    return run("examples/demo.py", *rest)


def test(rest: list[str]) -> int:
    return run("-m", "pytest", *rest)


def lint(rest: list[str]) -> int:
    """All linters run even when one fails, so that one call shows everything."""
    sources = [str((p / "src").relative_to(ROOT)) for p in local_packages()]
    status = [
        run("-m", "ruff", "check", *rest, "."),
        run("-m", "ruff", "format", "--check", "."),
        run("-m", "mypy", *sources),
    ]
    return max(status)


def bench(rest: list[str]) -> int:
    return run("benchmarks/cpu.py", *rest)


def docs(rest: list[str]) -> int:
    return run("tools/build_docs.py", *rest) or run("tools/support_table.py")


COMMANDS = {
    "demo": (demo, "run the example programs, check them against NumPy, write pictures"),
    "test": (test, "run the tests; arguments go to pytest"),
    "setup": (lambda rest: 0, "only make .venv and install"),
    "lint": (lint, "ruff check, ruff format --check, mypy --strict"),
    "bench": (bench, "run the CPU benchmarks; arguments go to benchmarks/cpu.py"),
    "docs": (docs, "write the generated pages and check the links of docs/"),
}


def main() -> int:
    lines = "\n".join(f"  {name:6} {text}" for name, (_, text) in COMMANDS.items())
    parser = argparse.ArgumentParser(
        description=f"{__doc__}\ncommands:\n{lines}", formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=COMMANDS, metavar="COMMAND")
    parser.add_argument("rest", nargs=argparse.REMAINDER, metavar="...")
    arguments = parser.parse_args()
    setup()
    return COMMANDS[arguments.command][0](arguments.rest)


if __name__ == "__main__":
    sys.exit(main())
