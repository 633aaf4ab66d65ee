"""``%%cuda`` in IPython and Jupyter: a cell of CUDA C++ becomes kernels in the user's namespace.

    %load_ext cudawasm

    %%cuda --launch "saxpy[grid, block](a, x, y, n)"
    __global__ void saxpy(float a, const float* x, float* y, int n) { ... }

IPython is not imported unless code is to be shown: it brings itself when it loads the extension.
"""

from __future__ import annotations

import argparse
import re
import shlex
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np

from cudawasm.errors import CudaWasmError
from cudawasm.ir.types import Pointer
from cudawasm.runtime.array import DeviceArray, asarray
from cudawasm.runtime.compilation import Unit
from cudawasm.runtime.kernel import Kernel, Launch
from cudawasm.runtime.module import Module
from cudawasm.runtime.shapes import read_shape
from cudawasm.web.signatures import written_names

_NAME = "cell.cu"
_LANGUAGES = {
    "wgsl": "wgsl", "wgsl-browser": "wgsl", "opencl": "c", "llvm": "llvm", "llvm-raw": "llvm", "asm": "gas",
    "asm-aarch64": "gas", "wasm": "gas",
}  # fmt: skip
"""By which pygments knows what targets write."""
_LAUNCH = re.compile(
    r"\s*(?P<name>[\w:]+(?:<(?!<).*?>)?)\s*(?:<<<(?P<cuda>.*)>>>|\[(?P<python>.*)\])\s*\((?P<arguments>.*)\)\s*;?\s*",
    re.DOTALL,
)
_KERNEL = "_cudawasm_kernel"


class CellError(Exception):
    """What is wrong with a cell. IPython shows the message, without a traceback, and runs no cell after it."""

    def _render_traceback_(self) -> list[str]:
        return str(self).splitlines()


def load_ipython_extension(ipython: Any) -> None:
    """Called by ``%load_ext``."""
    ipython.register_magic_function(CudaMagic(ipython), magic_kind="cell", magic_name="cuda")


def unload_ipython_extension(ipython: Any) -> None:
    """Called by ``%unload_ext``."""
    ipython.magics_manager.magics["cell"].pop("cuda", None)


# --- kernels that take NumPy arrays ---


@dataclass(slots=True)
class Times:
    """Seconds of a launch: of the kernel alone, and with the copies of arrays."""

    kernel: float
    whole: float


class CellKernel:
    """A kernel that a cell made: ``kernel[grid, block](...)`` takes NumPy arrays too.

    An array for a pointer is copied to the device, and back where the kernel may write through that pointer.
    """

    def __init__(self, kernel: Kernel, unit: Unit):
        self.kernel = kernel
        self.__name__ = kernel.name
        self.__doc__ = f"{kernel.name}({', '.join(map(str, kernel.params))}) on {kernel.device.name}"
        self._written = written_names(unit.module, unit.kernel)
        self.last: tuple[Launch, Times] | None = None
        """The last launch and its times."""

    def __getitem__(self, configuration: Any) -> CellLaunch:
        return CellLaunch(self, self.kernel[configuration])

    def __getattr__(self, name: str) -> Any:
        if name == "kernel":  # asked for by copy and pickle, before there is one
            raise AttributeError(name)
        return getattr(self.kernel, name)

    def __repr__(self) -> str:
        return f"<{self.__doc__}>"

    def copied(self, i: int, argument: Any) -> bool:
        """Whether an argument is an array that a launch copies."""
        return isinstance(argument, np.ndarray) and isinstance(self.kernel.params[i].type, Pointer)

    def writes(self, i: int) -> bool:
        return self.kernel.params[i].name in self._written


class CellLaunch:
    """A kernel with its grid and block; called with the arguments."""

    def __init__(self, kernel: CellKernel, launch: Launch):
        self._kernel, self._launch = kernel, launch

    def __call__(self, *arguments: Any) -> None:
        kernel, launch = self._kernel, self._launch
        if len(arguments) != len(kernel.kernel.params):
            launch(*arguments)  # which raises
        kernel.kernel.prepare(launch.block)
        device = kernel.kernel.device
        start = time.perf_counter()
        # An array that is passed twice is one array on the device.
        arrays = {id(a): a for i, a in enumerate(arguments) if kernel.copied(i, a)}
        changed = {id(a) for i, a in enumerate(arguments) if kernel.copied(i, a) and kernel.writes(i)}
        for key in changed:
            if not arrays[key].flags.writeable:
                raise CellError(f"{kernel.kernel.name} writes to an array that is read-only")
        copies: dict[int, DeviceArray] = {key: asarray(a, device) for key, a in arrays.items()}
        given = [copies[id(a)] if kernel.copied(i, a) else a for i, a in enumerate(arguments)]
        device.synchronize()
        before = time.perf_counter()
        launch(*given)
        device.synchronize()
        after = time.perf_counter()
        for key in changed:
            arrays[key][...] = copies[key].get()
        kernel.last = launch, Times(after - before, time.perf_counter() - start)


# --- the magic ---


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise CellError(f"%%cuda: {message}\n{self.format_usage().strip()}")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="%%cuda",
        exit_on_error=False,
        description="Compile the cell as CUDA C++, and name its kernels in the notebook.",
    )
    add = parser.add_argument
    add("-d", "--device", help="device, backend or kind; default: as cudawasm.current_device() says")
    add("-l", "--launch", action="append", default=[], metavar='"KERNEL[GRID, BLOCK](ARGUMENTS)"',
        help="launch a kernel with variables of the notebook; may be repeated")  # fmt: skip
    add("-m", "--module", metavar="NAME", help="name the module too, for templates and variables")
    add(
        "-k",
        "--kernel",
        action="append",
        default=[],
        metavar="NAME",
        help='an instance of a template, as "axpy<float>"',
    )
    add(
        "-e",
        "--emit",
        action="append",
        default=[],
        metavar="TARGET",
        help="show what kernels become: kir, wgsl, llvm, ...",
    )
    add("-b", "--block", help="block shape of --emit, as 16,16")
    add("-o", "--options", default="", help="nvcc's options, as in -o='-DN=4 --use_fast_math'")
    add("-t", "--time", action="store_true", help="tell how long compiling and launches take")
    return parser


class CudaMagic:
    """The function behind ``%%cuda``."""

    __name__ = "cuda"

    def __init__(self, ipython: Any):
        self._ipython = ipython
        self.__doc__ = _parser().format_help()

    def __call__(self, line: str, cell: str) -> None:
        try:
            given = _parser().parse_args(_words(line))
            self._run(given, cell)
        except SystemExit:  # after --help
            return
        except CellError:
            raise
        except argparse.ArgumentError as error:
            raise CellError(f"%%cuda: {error}") from None
        except CudaWasmError as error:
            raise CellError(str(error)) from None

    def _run(self, given: argparse.Namespace, cell: str) -> None:
        start = time.perf_counter()
        # The magic's line is the cell's first, so that lines count as the notebook shows them.
        module = Module("\n" + cell, _words(given.options), device=given.device, name=_NAME)
        for warning in module.warnings:
            print(warning.render(), file=sys.stderr)
        kernels = {name: _cell_kernel(module, name) for name in (*module.kernels, *given.kernel)}
        seconds = time.perf_counter() - start
        names = self._ipython.user_ns
        names |= {identifier(name): kernel for name, kernel in kernels.items() if identifier(name).isidentifier()}
        if given.module:
            if not given.module.isidentifier():
                raise CellError(f'--module "{given.module}" is not a name')
            names[given.module] = module
        if given.time:
            print(f"compiled in {_time(seconds)} for {module.device.name}")
        for text in given.launch:
            self._launch(module, kernels, text, given.time)
        for target in given.emit:
            self._emit(kernels, target, given.block)

    def _launch(self, module: Module, kernels: dict[str, CellKernel], text: str, timed: bool) -> None:
        name, code = read_launch(text)
        kernel = kernels.get(name) or _cell_kernel(module, name)
        kernels[name] = kernel
        try:
            eval(compile(code, "--launch", "eval"), self._ipython.user_ns, {_KERNEL: kernel})
        except (CudaWasmError, CellError):
            raise
        except Exception as error:  # of the user's expression
            raise CellError(f"--launch {text}\n{type(error).__name__}: {error}") from None
        if timed and kernel.last:
            launch, times = kernel.last
            shape = f"{kernel.kernel.name}[{launch.grid}, {launch.block}]"
            print(f"{shape}: {_time(times.kernel)}, {_time(times.whole)} with copies of arrays")

    def _emit(self, kernels: dict[str, CellKernel], target: str, block: str | None) -> None:
        from IPython import display

        show: Any = display  # whose functions have no types
        for kernel in kernels.values():
            text = _generated(kernel, target, block)
            show.display(show.Code(text, language=_LANGUAGES.get(target, "text")))


def read_launch(text: str) -> tuple[str, str]:
    """The kernel's name, and the launch as a Python expression. Raises CellError.

    Takes ``name[grid, block](..)`` and CUDA's ``name<<<grid, block>>>(..)``, where name may have template arguments.
    """
    found = _LAUNCH.fullmatch(text)
    if found is None:
        raise CellError(f'--launch "{text}" is not of the form kernel[grid, block](arguments)')
    code = f"{_KERNEL}[{found['cuda'] or found['python']}]({found['arguments']})"
    try:
        compile(code, "--launch", "eval")
    except SyntaxError as error:
        raise CellError(f"--launch {text}\nSyntaxError: {error.msg}") from None
    return found["name"], code


def identifier(name: str) -> str:
    """The variable of a kernel: ``ns::axpy<float, 4>`` becomes ``axpy_float_4``."""
    plain, _, arguments = name.partition("<")
    return re.sub(r"\W+", "_", f"{plain.rpartition('::')[2]}<{arguments}").strip("_")


def _cell_kernel(module: Module, name: str) -> CellKernel:
    return CellKernel(module.kernel(name), module._unit(name))


def _generated(kernel: CellKernel, target: str, block: str | None) -> str:
    from cudawasm.ir.text import print_module
    from cudawasm.plugins import host
    from cudawasm.runtime.interface import CompileOptions
    from cudawasm.web.export import usual_block

    unit = kernel.kernel._unit
    if target == "kir":
        return print_module(unit.module)
    known = host().targets()
    if target not in known:
        raise CellError(f'no target "{target}"; there are kir, {", ".join(known)}')
    last = kernel.last[0].block if kernel.last else usual_block(unit)
    shape = _shape(block) if block else last
    return known[target].generate(unit.module, unit.kernel, shape, CompileOptions(debug=True))


def _shape(text: str) -> tuple[int, int, int]:
    try:
        return read_shape(text)
    except ValueError as error:
        raise CellError(f"--block {error}") from None


def _words(text: str) -> Sequence[str]:
    try:
        return shlex.split(text)
    except ValueError as error:
        raise CellError(f"%%cuda: {error}: {text}") from None


def _time(seconds: float) -> str:
    scale, unit = next((s, u) for s, u in ((1, "s"), (1e3, "ms"), (1e6, "µs")) if seconds * s >= 1 or u == "µs")
    return f"{seconds * scale:.3g} {unit}"
