"""The shapes of CuPy's ``RawKernel`` and ``RawModule`` and of PyCUDA's ``SourceModule``, on ``Module``."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from cudawasm.errors import LaunchError, OptionError
from cudawasm.runtime.array import DeviceArray
from cudawasm.runtime.kernel import Kernel
from cudawasm.runtime.module import Module
from cudawasm.runtime.stream import Event


class RawKernel:
    """CuPy's: ``RawKernel(code, name)((gx,), (bx,), (args...), shared_mem=0)``. Compiled on first use."""

    def __init__(
        self, code: str, name: str, options: Sequence[str] = (), backend: str = "nvrtc", *, device: Any = None
    ):
        self.code = code
        self.name = name
        self.options = tuple(options)
        self._module = RawModule(code=code, options=options, backend=backend, device=device)

    @cached_property
    def kernel(self) -> Kernel:
        """The kernel behind it."""
        return self._module.module.kernel(self.name)

    def compile(self) -> None:
        """Compile now. Raises CompileError, KernelNotFound."""
        _ = self.kernel

    def __call__(self, grid: Any, block: Any, args: Sequence[Any], *, shared_mem: int = 0, stream: Any = None) -> None:
        self.kernel[grid, block, shared_mem, stream](*args)


class RawModule:
    """CuPy's: ``RawModule(code=...)`` or ``RawModule(path="k.cu")``, then ``get_function(name)``."""

    def __init__(
        self,
        *,
        code: str | None = None,
        path: str | None = None,
        options: Sequence[str] = (),
        backend: str = "nvrtc",
        name_expressions: Sequence[str] | None = None,
        device: Any = None,
    ):
        if (code is None) == (path is None):
            raise OptionError("RawModule takes either code or path")
        if backend not in ("nvrtc", "nvcc"):
            raise OptionError(f'RawModule backend "{backend}"; CuPy has "nvrtc" and "nvcc", both the same here')
        self.options = tuple(options)
        self.name_expressions = tuple(name_expressions or ())
        self._code = code if code is not None else Path(path or "").read_bytes()
        self._name = path or "kernel.cu"
        self._device = device

    @cached_property
    def module(self) -> Module:
        """The module behind it; compiled when first asked for."""
        return Module(self._code, self.options, device=self._device, name=self._name)

    def compile(self, log_stream: Any = None) -> None:
        """Compile now, templates of ``name_expressions`` too; warnings go to ``log_stream``."""
        for expression in self.name_expressions:
            self.module.kernel(expression)
        if log_stream is not None:
            for warning in self.module.warnings:
                log_stream.write(warning.render() + "\n")

    def get_function(self, name: str) -> RawKernel:
        """A kernel by name, or a template with arguments."""
        kernel = RawKernel.__new__(RawKernel)
        kernel.code = self._code if isinstance(self._code, str) else self._code.decode("utf-8", "replace")
        kernel.name, kernel.options, kernel._module = name, self.options, self
        kernel.compile()
        return kernel

    def get_global(self, name: str) -> DeviceArray:
        """A variable of the module, where CuPy gives a pointer to it."""
        return self.module.get_global(name)


class SourceModule:
    """PyCUDA's: ``SourceModule(source).get_function(name)(*args, block=(x, y, z), grid=(x, y))``."""

    def __init__(
        self,
        source: str,
        nvcc: str = "nvcc",
        options: Sequence[str] | None = None,
        keep: bool = False,
        no_extern_c: bool = False,
        arch: str | None = None,
        code: str | None = None,
        cache_dir: str | None = None,
        include_dirs: Sequence[str] = (),
        *,
        device: Any = None,
    ):
        # nvcc, arch, code and cache_dir choose how PyCUDA runs nvcc, which is not run here; names are found
        # with and without extern "C".
        words = [*(options or ()), *(["--keep=."] if keep else [])]
        self.module = Module(source, words, include_dirs=include_dirs, device=device)

    def get_function(self, name: str) -> Function:
        """A kernel by name. Raises KernelNotFound."""
        return Function(self.module.kernel(name))

    def get_global(self, name: str) -> tuple[int, int]:
        """A variable's device address and its size in bytes. Raises GlobalNotFound."""
        array = self.module.get_global(name)
        return array.ptr, array.nbytes


class Function:
    """A kernel with PyCUDA's way of being called."""

    def __init__(self, kernel: Kernel):
        self.kernel = kernel
        self.shared_size_bytes = kernel.static_shared_bytes

    def __call__(
        self,
        *args: Any,
        block: Any = None,
        grid: Any = (1, 1),
        shared: int = 0,
        stream: Any = None,
        time_kernel: bool = False,
    ) -> float | None:
        """Launch; with ``time_kernel`` wait for it and return the seconds it took."""
        if block is None:
            raise LaunchError("the block shape is missing: f(*args, block=(x, y, z))", code="R0201")
        launch = self.kernel[grid, block, shared, stream]
        if not time_kernel:
            launch(*args)
            return None
        start, end = Event(self.kernel.device), Event(self.kernel.device)
        start.record(stream)
        launch(*args)
        end.record(stream)
        return start.elapsed(end) / 1e3

    def prepare(self, arg_types: Any, shared: int = 0) -> Function:
        """PyCUDA's preparation; the types are known from the source, so only ``shared`` is kept."""
        self._prepared_shared = shared
        return self

    def prepared_call(self, grid: Any, block: Any, *args: Any, shared_size: int = 0) -> None:
        """Launch with the arguments of a prepared function."""
        shared = shared_size or getattr(self, "_prepared_shared", 0)
        self.kernel[grid, block, shared](*args)

    def prepared_async_call(self, grid: Any, block: Any, stream: Any, *args: Any, shared_size: int = 0) -> None:
        """Launch with the arguments of a prepared function on a stream."""
        shared = shared_size or getattr(self, "_prepared_shared", 0)
        self.kernel[grid, block, shared, stream](*args)
