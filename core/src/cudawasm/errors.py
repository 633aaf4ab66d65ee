"""Exceptions that users see. ``CudaWasmError`` is the base of all of them.

Each carries a code that is a key of ``cudawasm.diagnostic_codes.CODES``: a ``CompileError`` one for each
diagnostic, the others one in ``code``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

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


StopCause = Literal["assert", "address", "alignment", "other"]
"""Why a kernel stopped: an assertion, an access outside of all memory, a misaligned one, a trap or something else."""


class CodedError(CudaWasmError):
    """An error of the runtime: ``message``, its ``code`` and perhaps a ``hint`` how to go on."""

    default_code: ClassVar[str]

    def __init__(self, message: str, *, code: str = "", hint: str = ""):
        self.code = code or self.default_code
        self.message = message
        self.hint = hint
        super().__init__(f"[{self.code}] {message}" + (f"\n  hint: {hint}" if hint else ""))


class ArgumentError(CodedError):
    """A kernel argument was wrong; nothing has run."""

    default_code = "R0102"


class LaunchError(CodedError):
    """A launch was wrong (grid, block, shared memory), or the kernel stopped: ``cause`` is why."""

    default_code = "R0200"

    def __init__(self, message: str, *, code: str = "", hint: str = "", cause: StopCause = "other"):
        self.cause: StopCause = cause
        super().__init__(message, code=code, hint=hint)


class ArrayError(CodedError):
    """A device array was used in a way that its shape, type or state does not allow."""

    default_code = "R0401"


class DeviceNotFound(CodedError):
    """No device of that name, or none at all."""

    default_code = "R0301"


class KernelNotFound(CodedError, KeyError):
    """The module has no kernel of that name."""

    default_code = "R0302"

    __str__ = Exception.__str__  # KeyError's shows the repr


class GlobalNotFound(CodedError, KeyError):
    """No kernel of the module uses a global or constant variable of that name."""

    default_code = "R0303"

    __str__ = Exception.__str__


class OptionError(CodedError):
    """An unknown compiler option."""

    default_code = "R0304"


class ConfigError(CodedError):
    """A configuration file or environment variable is wrong."""

    default_code = "R0305"
