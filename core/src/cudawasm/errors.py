"""Exceptions that users see. ``CudaWasmError`` is the base of all of them."""

from __future__ import annotations

from collections.abc import Sequence

from cudawasm.diagnostics import Diagnostic


class CudaWasmError(Exception):
    """Base class of every error that this package raises on purpose."""


class CompileError(CudaWasmError):
    """The CUDA source was refused. ``diagnostics`` holds what and where."""

    def __init__(self, diagnostics: Sequence[Diagnostic]):
        self.diagnostics = tuple(diagnostics)
        super().__init__("\n".join(d.render() for d in self.diagnostics))


class UnsupportedFeature(CompileError):
    """Correct CUDA that the chosen device cannot run."""


class InternalError(CudaWasmError):
    """A defect of this package, not of the user's source."""


class LaunchError(CudaWasmError):
    """A launch was wrong (arguments, grid, block), or the kernel trapped."""
