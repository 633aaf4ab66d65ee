"""``cudawasm bench``: the time of a kernel of a file, or of a small built-in set checked against NumPy."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from rich.markup import escape

from cudawasm.cli.emit import DefineOption, DeviceOption, IncludeOption, parse_shape
from cudawasm.cli.output import out, table
from cudawasm.ir.types import Pointer, Scalar, Type
from cudawasm.runtime.array import DeviceArray, asarray, zeros
from cudawasm.runtime.device import Device
from cudawasm.runtime.device import device as open_device
from cudawasm.runtime.kernel import Launch, Param
from cudawasm.runtime.module import Module

_SOURCE = """
__global__ void saxpy(float a, const float* x, float* y, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) y[i] = a * x[i] + y[i];
}
__global__ void copy(const float* x, float* y, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) y[i] = x[i];
}
__global__ void matmul(const float* a, const float* b, float* c, int n) {
    __shared__ float as[16][16], bs[16][16];
    int tx = threadIdx.x, ty = threadIdx.y;
    int row = blockIdx.y * 16 + ty, column = blockIdx.x * 16 + tx;
    float sum = 0;
    for (int k = 0; k < n; k += 16) {
        as[ty][tx] = a[row * n + k + tx];
        bs[ty][tx] = b[(k + ty) * n + column];
        __syncthreads();
        for (int j = 0; j < 16; j++) sum += as[ty][j] * bs[j][tx];
        __syncthreads();
    }
    c[row * n + column] = sum;
}
"""


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds of the fastest launch and of the median one."""

    best: float
    median: float


def bench(
    file: Annotated[
        Path | None,
        typer.Argument(exists=True, dir_okay=False, help="A CUDA source file; default: built-in set."),
    ] = None,
    kernel: Annotated[str | None, typer.Option("--kernel", "-k", help="The kernel; default: the only one.")] = None,
    grid: Annotated[str | None, typer.Option(help="Grid shape x,y,z; default: enough blocks for --size.")] = None,
    block: Annotated[str, typer.Option(help="Block shape x,y,z.")] = "256",
    size: Annotated[int, typer.Option("--size", "-n", min=1, help="Elements of each array, value of each int.")] = 1
    << 20,
    argument: Annotated[
        list[str], typer.Option("--arg", "-a", help="An argument in order: a number, zeros:N or random:N.")
    ] = [],  # noqa: B006 (typer reads the default)
    repeat: Annotated[int, typer.Option(min=1, help="Launches that are timed.")] = 20,
    device: DeviceOption = None,
    define: DefineOption = [],  # noqa: B006
    include: IncludeOption = [],  # noqa: B006
) -> None:
    """Time a kernel. Arrays hold random numbers unless --arg says otherwise."""
    where = open_device(device)
    if file is None:
        _bench_built_in(where, repeat)
        return
    mod = Module.from_file(file, [f"-D{d}" for d in define], include_dirs=include, device=where)
    found = mod[kernel or _only(mod)]
    if len(argument) > len(found.params):
        raise typer.BadParameter(f"{found.name} takes {len(found.params)} arguments")
    arguments = [
        _given(argument[i], param, where) if i < len(argument) else _made_up(param, size, where)
        for i, param in enumerate(found.params)
    ]
    shape = parse_shape(block)
    blocks = parse_shape(grid) if grid else (max(1, -(-size // (shape[0] * shape[1] * shape[2]))), 1, 1)
    timing = time_launch(found[blocks, shape], arguments, repeat)
    rows = table("kernel", "device", "grid", "block", "#best ms", "#median ms")
    milliseconds = (f"{timing.best * 1e3:.4f}", f"{timing.median * 1e3:.4f}")
    rows.add_row(escape(found.name), where.name, str(blocks), str(shape), *milliseconds)
    out().print(rows)


def time_launch(launch: Launch, arguments: list[Any], repeat: int) -> Timing:
    """Launch once to compile, then ``repeat`` times, each waited for."""
    where = launch.kernel.device
    launch(*arguments)
    where.synchronize()
    seconds = []
    for _ in range(repeat):
        start = time.perf_counter()
        launch(*arguments)
        where.synchronize()
        seconds.append(time.perf_counter() - start)
    return Timing(min(seconds), statistics.median(seconds))


def _only(mod: Module) -> str:
    if len(mod.kernels) != 1:
        raise typer.BadParameter(f"name one with --kernel: {', '.join((*mod.kernels, *mod.templates))}")
    return mod.kernels[0]


def _made_up(param: Param, size: int, where: Device) -> Any:
    match param.type:
        case Pointer():
            return _random(param, size, where)
        case Scalar() as type_ if type_.is_integer:
            return size
        case Scalar():
            return 1.0 if param.type.is_float else True
        case _:
            return np.zeros((), param.dtype)[()]


def _given(text: str, param: Param, where: Device) -> Any:
    kind, _, count = text.partition(":")
    try:
        if kind in ("zeros", "random") and isinstance(param.type, Pointer):
            return zeros(int(count), param.dtype, where) if kind == "zeros" else _random(param, int(count), where)
        return _number(text, param.type)
    except ValueError:
        raise typer.BadParameter(f'"{text}" for {param}; give a number, zeros:N or random:N') from None


def _number(text: str, type_: Type) -> int | float:
    return float(text) if isinstance(type_, Scalar) and type_.is_float else int(text, 0)


def _random(param: Param, size: int, where: Device) -> DeviceArray:
    """Floats in [0, 1), small integers, zero bytes for everything else."""
    dtype = param.dtype
    generator = np.random.default_rng(1)
    if dtype.kind == "f":
        return asarray(generator.random(size).astype(dtype), where)
    if dtype.kind in "iu":
        return asarray(generator.integers(0, 100, size).astype(dtype), where)
    return zeros(size, dtype, where)


def _bench_built_in(where: Device, repeat: int) -> None:
    mod = Module(_SOURCE, device=where, name="built-in.cu")
    n, m = 1 << 22, 512
    x, y = (np.random.default_rng(i).random(n, np.float32) for i in (1, 2))
    a, b = x[: m * m].reshape(m, m), y[: m * m].reshape(m, m)
    blocks = -(-n // 256)
    cases: list[tuple[str, Any, Any, list[Any], Callable[[], Any], float, str]] = [
        ("copy", blocks, 256, [asarray(x, where), zeros(n, "f4", where), n], x.copy, 8e-9 * n, "GB/s"),
        (
            "saxpy", blocks, 256, [0.0, asarray(x, where), asarray(y, where), n],
            lambda: np.float32(0) * x + y, 12e-9 * n, "GB/s",
        ),
        (
            "matmul", (m // 16, m // 16), (16, 16),
            [asarray(a, where), asarray(b, where), zeros((m, m), "f4", where), m],
            lambda: a @ b, 2e-9 * m**3, "GFLOP/s",
        ),
    ]  # fmt: skip
    rows = table("kernel", "device", "#ms", "#rate", "", "#NumPy ms", "correct")
    wrong = False
    for name, grid, block, arguments, expected, work, unit in cases:
        timing = time_launch(mod[name][grid, block], arguments, repeat)
        result = arguments[1 if name == "copy" else 2].get()
        start = time.perf_counter()
        wanted = expected()
        host = time.perf_counter() - start
        right = np.allclose(result, wanted, rtol=1e-4)
        wrong |= not right
        rate = f"{work / timing.best:.1f}"
        mark = "[green]yes[/]" if right else "[red]no[/]"
        rows.add_row(name, where.name, f"{timing.best * 1e3:.3f}", rate, unit, f"{host * 1e3:.3f}", mark)
    out().print(rows)
    raise typer.Exit(int(wrong))
