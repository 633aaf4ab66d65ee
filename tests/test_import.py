"""``import cudawasm`` is light, and every public name is there when asked for."""

from __future__ import annotations

import subprocess
import sys

import pytest

import cudawasm

PROBE = """
import sys
import cudawasm
heavy = ("llvmlite", "rich", "typer", "pluggy", "stevedore", "cudawasm.frontend", "cudawasm.runtime")
assert not [name for name in heavy if name in sys.modules], sorted(sys.modules)
from cudawasm import Module, asarray
lazy = ("llvmlite", "rich", "typer", "cudawasm.frontend")
assert not [name for name in lazy if name in sys.modules], sorted(sys.modules)
"""


def test_importing_loads_nothing_heavy():
    subprocess.run([sys.executable, "-c", PROBE], check=True)


@pytest.mark.parametrize("name", cudawasm.__all__)
def test_every_public_name_exists_and_is_described(name):
    value = getattr(cudawasm, name)
    assert name in dir(cudawasm)
    assert name == "__version__" or value.__doc__


def test_unknown_names_are_attribute_errors():
    with pytest.raises(AttributeError, match="has no attribute 'frob'"):
        cudawasm.frob  # noqa: B018
