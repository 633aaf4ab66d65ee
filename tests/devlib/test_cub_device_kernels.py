"""The kernels of CUB that sort, scan, reduce and select whole arrays, launched as a host side would."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import cudawasm as cw

ITEMS, THREADS = 3, 64
TILE = ITEMS * THREADS
COUNTS = (1, 100, TILE, TILE + 1, 20 * TILE - 5)
SOURCE = """
#include <cub/cub.cuh>
#include <cub/detail/device_kernels.cuh>
struct Map { int a, b; };
struct Then { __device__ Map operator()(const Map& f, const Map& g) const {
  Map h; h.a = f.a * g.a & 0xffff; h.b = (f.b * g.a + g.b) & 0xffff; return h; } };
struct Odd { __device__ bool operator()(int x) const { return x % 2 != 0; } };
typedef cub::detail::selected_by_predicate<int*, Odd> OddItems;
typedef cub::detail::selected_by_flags<char*> Flagged;
typedef cub::detail::selected_heads<int*, cub::Equality> Heads;
typedef cub::detail::select_sink<false, int*, int*, int*> Selected;
typedef cub::detail::select_sink<true, int*, int*, int*> Parted;
typedef cub::detail::run<int> Run;
typedef cub::ReduceBySegmentOp<cub::Sum> SumOfRun;
typedef cub::detail::runs_of_keys<int, int*, int*, cub::Equality> Runs;
typedef cub::detail::run_sink<int, int*, int*, int*, int*, cub::Equality> RunSink;
__global__ void k() {}
"""


@pytest.fixture(scope="module", params=["cpu", "reference"])
def module(request: Any) -> cw.Module:
    if not any(info.backend == request.param for info in cw.devices()):
        pytest.skip(f"no {request.param} device")
    return cw.Module(SOURCE, device=request.param)


def numbers(count: int, limit: int = 100) -> np.ndarray[Any, Any]:
    return np.random.default_rng(count).integers(0, limit, count).astype(np.int32)


def launch(module: cw.Module, name: str, blocks: int, *arguments: Any) -> None:
    """Launch a kernel template of ``cub::detail``. A dict gives a struct's members; those it leaves out are zero."""
    kernel = module.kernel(f"cub::detail::{name}")
    given = [
        struct_of(kernel.params[i].dtype, argument) if isinstance(argument, dict) else argument
        for i, argument in enumerate(arguments)
    ]
    if blocks:
        kernel[blocks, THREADS](*given)


def struct_of(dtype: Any, members: dict[str, Any]) -> Any:
    value = np.zeros((), dtype)
    for name, member in members.items():
        value[name] = member.ptr if isinstance(member, cw.DeviceArray) else member
    return value[()]


def tiles_of(count: int) -> int:
    return -(-count // TILE)


def scan_sums(
    module: cw.Module, count: int, source: str, item: str, op: str, given: Any, dtype: Any, initial: Any = None
) -> cw.DeviceArray:
    """What comes before each tile: the first two of the three kernels of a scan. Operators without state."""
    tiles = tiles_of(count)
    sums = cw.zeros(tiles, dtype, device=module.device)
    launch(module, f"reduce_tiles<{THREADS}, {ITEMS}, {item}, {source}, {op}>", tiles - 1, given, sums, {})
    start = np.zeros((), dtype)[()] if initial is None else initial
    launch(module, f"scan_sums<{THREADS}, {item}, {op}>", 1, sums, np.int64(tiles), {}, start, initial is not None)
    return sums


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("blocks", [1, 7])
def test_reduce(module: cw.Module, count: int, blocks: int) -> None:
    data = cw.asarray(numbers(count), device=module.device)
    blocks = min(blocks, -(-count // THREADS))
    partials, out = cw.zeros(blocks, np.int32, device=module.device), cw.zeros(2, np.int32, device=module.device)
    launch(module, f"reduce_blocks<{THREADS}, int, int*, cub::Max>", blocks, data, partials, np.int64(count), {})
    launch(
        module,
        f"reduce_in_one_block<{THREADS}, int, int*, int*, cub::Max>",
        1,
        partials,
        out,
        np.int64(blocks),
        {},
        np.int32(-1),
    )
    assert out.get()[0] == numbers(count).max()


def test_reduction_of_nothing_is_the_initial_value(module: cw.Module) -> None:
    out = cw.zeros(1, np.int32, device=module.device)
    launch(
        module, f"reduce_in_one_block<{THREADS}, int, int*, int*, cub::Sum>", 1, out, out, np.int64(0), {}, np.int32(42)
    )
    assert out.get()[0] == 42


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize(("inclusive", "initial"), [("true", None), ("true", 7), ("false", 7)])
def test_scan(module: cw.Module, count: int, inclusive: str, initial: int | None) -> None:
    x = numbers(count)
    data, out = cw.asarray(x, device=module.device), cw.zeros(count, np.int32, device=module.device)
    start = None if initial is None else np.int32(initial)
    sums = scan_sums(module, count, "int*", "int", "cub::Sum", data, np.int32, start)
    name = f"scan_tiles<{inclusive}, {THREADS}, {ITEMS}, int, int*, int*, cub::Sum>"
    launch(module, name, tiles_of(count), data, sums, out, np.int64(count), {}, initial is not None)
    wanted = np.cumsum(x) + (initial or 0) - (0 if inclusive == "true" else x)
    np.testing.assert_array_equal(out.get(), wanted)


def test_scan_keeps_the_order(module: cw.Module) -> None:
    count = 70 * TILE - 3
    dtype = np.dtype([("a", "i4"), ("b", "i4")])
    x = np.zeros(count, dtype)
    x["a"], x["b"] = numbers(count) * 2 + 1, numbers(count, 50)
    data, out = cw.asarray(x, device=module.device), cw.zeros(count, dtype, device=module.device)
    sums = scan_sums(module, count, "Map*", "Map", "Then", data, dtype)
    name = f"scan_tiles<true, {THREADS}, {ITEMS}, Map, Map*, Map*, Then>"
    launch(module, name, tiles_of(count), data, sums, out, np.int64(count), {}, False)
    a, b = 1, 0
    for got, (f, g) in zip(out.get().tolist(), x.tolist(), strict=True):
        a, b = a * f & 0xFFFF, (b * f + g) & 0xFFFF
        assert got == (a, b)


def select(
    module: cw.Module, x: np.ndarray[Any, Any], source: str, sink: str, given: dict[str, Any]
) -> tuple[Any, int]:
    count = len(x)
    out, selected = cw.zeros(count, np.int32, device=module.device), cw.zeros(1, np.int32, device=module.device)
    sums = scan_sums(module, count, source, "int", "cub::Sum", given, np.int32, np.int32(0))
    name = f"scan_tiles_into<{THREADS}, {ITEMS}, int, {source}, {sink}, cub::Sum>"
    target = {"in": given.get("in", given.get("data")), "out": out, "selected_count": selected, "count": count}
    launch(
        module,
        name,
        tiles_of(count),
        {n: v for n, v in given.items() if n != "data"},
        sums,
        target,
        np.int64(count),
        {},
    )
    return out.get(), int(selected.get()[0])


@pytest.mark.parametrize("count", COUNTS)
def test_select(module: cw.Module, count: int) -> None:
    x = numbers(count, 6)
    data = cw.asarray(x, device=module.device)
    odd, kept = select(module, x, "OddItems", "Selected", {"in": data})
    np.testing.assert_array_equal(odd[:kept], x[x % 2 != 0])
    parted, kept = select(module, x, "OddItems", "Parted", {"in": data})
    np.testing.assert_array_equal(parted, [*x[x % 2 != 0], *x[x % 2 == 0][::-1]])
    unique, kept = select(module, x, "Heads", "Selected", {"in": data})
    np.testing.assert_array_equal(unique[:kept], x[[True, *(x[1:] != x[:-1])]])


@pytest.mark.parametrize("count", COUNTS)
def test_reduce_by_key(module: cw.Module, count: int) -> None:
    keys, values = numbers(count, 3), numbers(count + 1)[:count]
    device, pair = module.device, np.dtype([("key", "i4"), ("value", "i4")])
    unique, totals = cw.zeros(count, np.int32, device=device), cw.zeros(count, np.int32, device=device)
    runs, at_keys = cw.zeros(1, np.int32, device=device), cw.asarray(keys, device=device)
    source = {"keys": at_keys, "values": cw.asarray(values, device=device)}
    sums = scan_sums(module, count, "Runs", "Run", "SumOfRun", source, pair, np.zeros((), pair)[()])
    sink = {"keys": at_keys, "unique": unique, "totals": totals, "run_count": runs, "count": count}
    name = f"scan_tiles_into<{THREADS}, {ITEMS}, Run, Runs, RunSink, SumOfRun>"
    launch(module, name, tiles_of(count), source, sums, sink, np.int64(count), {})
    starts = np.flatnonzero([True, *(keys[1:] != keys[:-1])])
    assert runs.get()[0] == len(starts)
    np.testing.assert_array_equal(unique.get()[: len(starts)], keys[starts])
    np.testing.assert_array_equal(totals.get()[: len(starts)], np.add.reduceat(values, starts))


@pytest.mark.parametrize("dtype", ["i2", "u4", "f4"])
@pytest.mark.parametrize("descending", [False, True])
def test_radix_sort(module: cw.Module, dtype: str, descending: bool) -> None:
    count, bits, device = 7 * TILE - 11, 5, module.device
    x = (np.random.default_rng(5).normal(size=count) * 9000).astype(np.int64).astype(dtype)
    c = {"i2": "short", "u4": "unsigned", "f4": "float"}[dtype]
    tiles, shape = tiles_of(count), f"{str(descending).lower()}, {THREADS}, {ITEMS}, {bits}, {c}"
    keys, values = cw.asarray(x, device=device), cw.asarray(np.arange(count, dtype=np.int32), device=device)
    keys_out, values_out = cw.zeros(count, x.dtype, device=device), cw.zeros(count, np.int32, device=device)
    digits = (1 << bits) * tiles
    counts, places = cw.zeros(digits, np.int32, device=device), cw.zeros(digits, np.int32, device=device)
    for bit in range(0, 8 * x.dtype.itemsize, bits):
        now = [np.int32(bit), np.int32(min(bits, 8 * x.dtype.itemsize - bit))]
        launch(module, f"count_digits<{shape}>", tiles, keys, counts, np.int64(count), *now)
        sums = scan_sums(module, digits, "int*", "int", "cub::Sum", counts, np.int32, np.int32(0))
        name = f"scan_tiles<false, {THREADS}, {ITEMS}, int, int*, int*, cub::Sum>"
        launch(module, name, tiles_of(digits), counts, sums, places, np.int64(digits), {}, True)
        arguments = (keys, keys_out, values, values_out, places, np.int64(count), *now)
        launch(module, f"scatter_by_digits<{shape}, int>", tiles, *arguments)
        keys, keys_out, values, values_out = keys_out, keys, values_out, values
    order = np.argsort(x, kind="stable")
    if descending:
        order = count - 1 - np.argsort(x[::-1], kind="stable")[::-1]
    np.testing.assert_array_equal(values.get(), order)
    np.testing.assert_array_equal(keys.get(), x[order])
