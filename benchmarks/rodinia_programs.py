"""Rodinia's programs as ``rodinia.py`` runs them: how each half is built, its arguments, and what it computed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import rodinia_inputs as inputs

Result = Callable[[str, Path], np.ndarray]
"""Of what a program wrote to its output and of the folder in which it ran, the numbers it computed."""


@dataclass(frozen=True)
class Half:
    """One of a program's two implementations. ``extra`` are sources of ours that are linked with it."""

    folder: str
    sources: str
    arguments: str
    flags: str = ""
    extra: tuple[str, ...] = ()


@dataclass(frozen=True)
class Program:
    """``check`` are flags and arguments for the run whose results are compared, where the timed one prints none.

    ``verify``, for programs without a twin that computes the same, says whether results are right. ``serial`` is the
    source of one that is compared with itself, compiled as C++ that runs thread after thread."""

    name: str
    cuda: Half
    twin: Half | None
    result: Result
    make_inputs: Callable[[Path], None] = lambda data: None
    needs: tuple[str, ...] = ()
    tolerance: float = 0.0
    check_flags: str = ""
    check_arguments: tuple[str, str] = ("", "")
    verify: Callable[[np.ndarray, Path], bool] | None = None
    twin_result: Result | None = None
    serial: str = ""


def numbers_of(*names: str) -> Result:
    """All numbers of the files that a program wrote."""

    def read(_: str, folder: Path) -> np.ndarray:
        return np.concatenate([_numbers((folder / name).read_text()) for name in names])

    return read


def printed(start: str = "", pattern: str = "", last: int = 0) -> Result:
    """Numbers that a program printed: after a text, or those that a pattern captures."""

    def read(text: str, _: Path) -> np.ndarray:
        found = re.findall(pattern, text) if pattern else [text.partition(start)[2] if start else text]
        numbers = _numbers(" ".join(found))
        return numbers[-last:] if last else numbers

    return read


def second_column(name: str) -> Result:
    return lambda _, folder: np.loadtxt(folder / name)[:, 1]


def sorted_of(result: Result) -> Result:
    return lambda text, folder: np.sort(result(text, folder))


def occurrences(pattern: str) -> Result:
    """How often a program said something."""
    return lambda text, _: np.array([len(re.findall(pattern, text))])


_NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|nan|inf)")


def _numbers(text: str) -> np.ndarray:
    return np.array([float(word) for word in _NUMBER.findall(text)])


def _is(expected: Sequence[float], tolerance: float = 0.0) -> Callable[[np.ndarray, Path], bool]:
    def same(got: np.ndarray, _: Path) -> bool:
        return got.size > 0 and bool(np.allclose(got, expected, rtol=0, atol=tolerance))

    return same


def _wavelet(got: np.ndarray, data: Path) -> bool:
    """Whether bytes are the red component's 5/3 transform of three levels, as JPEG 2000 defines it."""
    side = 1024
    out = np.fromfile(data / "dwt2d" / "picture.rgb", np.uint8).reshape(side, side, 3)[..., 0].astype(int) - 128
    for level in range(3):
        n = side >> level
        out[:n, :n] = _lifted(_lifted(out[:n, :n]).T).T
    return bool(np.array_equal(got, (out + 128).clip(0, 255).ravel()))


def _lifted(lines: np.ndarray) -> np.ndarray:
    """One level of the 5/3 transform along columns: low half, then high half."""
    even, odd = lines[0::2], lines[1::2]
    high = odd - np.trunc((even + np.concatenate((even[1:], even[-1:]))) / 2).astype(int)  # as C divides
    low = even + np.trunc((np.concatenate((high[:1], high[:-1])) + high + 2) / 4).astype(int)
    return np.concatenate((low, high))


def _hotspot(got: np.ndarray, data: Path) -> bool:
    """Whether temperatures are those of 60 explicit steps; the twin's steps are a thousand times shorter."""
    side = 1024
    heat, power = (np.loadtxt(data / "hotspot" / f"{name}_{side}").reshape(side, side) for name in ("temp", "power"))
    width, thickness = 0.016 / side, 0.0005
    step_over_capacity = 0.001 * 0.5 * thickness * 1.75e6 / 3e6 / (0.5 * 1.75e6 * thickness * width * width)
    for _ in range(60):
        padded = np.pad(heat, 1, mode="edge")
        around = padded[:-2, 1:-1] + padded[2:, 1:-1] + padded[1:-1, :-2] + padded[1:-1, 2:] - 4 * heat
        down = (80.0 - heat) * 100 * width * width / thickness
        heat = heat + step_over_capacity * (power + around * 2 * 100 * thickness + down)
    return bool(np.allclose(got, heat.ravel(), rtol=1e-5))


def _solution(_: str, folder: Path) -> np.ndarray:
    """The solution of the triangular system that the device left: multipliers, matrix and right-hand side."""
    copies = np.fromfile(folder / "copies", np.float32).astype(float)
    (folder / "copies").unlink()
    side = int((copies.size / 2) ** 0.5)
    matrix = copies[side * side : 2 * side * side].reshape(side, side)
    return np.linalg.solve(np.triu(matrix), copies[2 * side * side :])


def _bytes_of(name: str) -> Result:
    return lambda _, folder: np.fromfile(folder / name, np.uint8).astype(float)


_FIXED_TIME = ("fixed_time.c",)
PROGRAMS = (
    Program(
        "b+tree",
        Half("b+tree", "main.c kernel/kernel_gpu_cuda_wrapper.cu kernel/kernel_gpu_cuda_wrapper_2.cu "
             "util/timer/timer.c util/num/num.c util/cuda/cuda.cu", "file {data}/b+tree/mil.txt command "
             "{data}/b+tree/command.txt"),
        Half("b+tree", "main.c kernel/kernel_cpu.c kernel/kernel_cpu_2.c util/timer/timer.c util/num/num.c",
             "cores 2 file {data}/b+tree/mil.txt command {data}/b+tree/command.txt"),
        numbers_of("output.txt"),
        lambda data: inputs.keys(data / "b+tree", 1000000, 65000, 60000),
    ),
    Program(
        "backprop",
        Half("backprop", "backprop.c facetrain.c imagenet.c backprop_cuda.cu", "1048560"),
        Half("backprop", "backprop.c facetrain.c imagenet.c backprop_kernel.c", "1048560"),
        printed("weights:"), tolerance=1e-4, check_flags="-I. -Wl,--wrap=bpnn_free -Wl,--wrap=cudaMemcpy",
        check_arguments=("65536", "65536"),
    ),
    Program(
        "bfs", Half("bfs", "bfs.cu", "{data}/bfs/graph.txt"), Half("bfs", "bfs.cpp", "2 {data}/bfs/graph.txt"),
        numbers_of("result.txt"), lambda data: inputs.graph(data / "bfs" / "graph.txt", 1000000),
    ),
    Program(
        "cfd",
        Half("cfd", "euler3d.cu", "{data}/cfd/mesh", "-I../hybridsort"),
        Half("cfd", "euler3d_cpu.cpp", "{data}/cfd/mesh", "-Dblock_length=8"),
        numbers_of("density", "momentum", "density_energy"),
        lambda data: inputs.mesh(data / "cfd" / "mesh", 96, 128), tolerance=2e-3,
    ),
    Program(
        "dwt2d",
        Half("dwt2d", "main.cu dwt.cu components.cu dwt_cuda/fdwt53.cu dwt_cuda/fdwt97.cu dwt_cuda/common.cu "
             "dwt_cuda/rdwt97.cu dwt_cuda/rdwt53.cu", "picture.rgb -d 1024x1024 -f -5 -l 3 -w", "-I. -DOUTPUT"),
        None, _bytes_of("picture.rgb.dwt.r"),
        lambda data: inputs.picture(data / "dwt2d" / "picture.rgb", 1024, 1024), verify=_wavelet,
    ),
    Program(
        "gaussian", Half("gaussian", "gaussian.cu", "-f {data}/gaussian/system"), None, _solution,
        lambda data: inputs.linear_system(data / "gaussian" / "system", 1024), verify=_is([1.0], 1e-3),
        check_flags="-Wl,--wrap=cudaMemcpy",
    ),
    Program(
        "heartwall",
        Half("heartwall", "main.cu AVI/avilib.c AVI/avimod.c", "{data}/heartwall/film.avi 10", "-IAVI -DOUTPUT"),
        Half("heartwall", "main.c AVI/avilib.c AVI/avimod.c", "{data}/heartwall/film.avi 10 2", "-IAVI -DOUTPUT"),
        numbers_of("result.txt"), lambda data: inputs.film(data / "heartwall" / "film.avi", 744, 656, 12),
    ),
    Program(
        "hotspot",
        Half("hotspot", "hotspot.cu", "1024 2 500 {data}/hotspot/temp_1024 {data}/hotspot/power_1024 output.out"),
        Half("hotspot", "hotspot_openmp.cpp", "1024 1024 500 2 {data}/hotspot/temp_1024 {data}/hotspot/power_1024 "
             "output.out"),
        second_column("output.out"), lambda data: inputs.temperatures(data / "hotspot", "1024", 1024 * 1024),
        verify=_hotspot, check_arguments=tuple(
            f"1024 {words} {{data}}/hotspot/temp_1024 {{data}}/hotspot/power_1024 output.out"
            for words in ("2 60", "1024 60 2")
        ),
    ),
    Program(
        "hotspot3D",
        Half("hotspot3D", "3D.cu", "512 8 100 {data}/hotspot3D/power_512x8 {data}/hotspot3D/temp_512x8 output.out"),
        Half("hotspot3D", "3D.c", "512 8 100 {data}/hotspot3D/power_512x8 {data}/hotspot3D/temp_512x8 output.out"),
        second_column("output.out"), lambda data: inputs.temperatures(data / "hotspot3D", "512x8", 512 * 512 * 8),
        tolerance=1e-4,
    ),
    Program(
        "huffman",
        Half("huffman", "main_test_cu.cu stats_logger.cpp vlc_kernel_sm64huff.cu scan.cu pack_kernels.cu cpuencode.cpp",
             "{data}/huffman/bytes.in", "-DTESTING"),
        None, occurrences("PASS"), lambda data: inputs.text_of_skewed_bytes(data / "huffman" / "bytes.in", 1 << 20),
        verify=_is([1]),
    ),
    Program(
        "lavaMD",
        Half("lavaMD", "main.c kernel/kernel_gpu_cuda_wrapper.cu util/num/num.c util/timer/timer.c "
             "util/device/device.cu", "-boxes1d 10", extra=_FIXED_TIME),
        Half("lavaMD", "main.c kernel/kernel_cpu.c util/num/num.c util/timer/timer.c", "-cores 2 -boxes1d 10",
             extra=_FIXED_TIME),
        numbers_of("result.txt"), tolerance=1e-6, check_flags="-DOUTPUT",
        check_arguments=("-boxes1d 5", "-cores 2 -boxes1d 5"),
    ),
    Program(
        "lud",
        Half("lud/cuda", "lud.cu lud_kernel.cu ../common/common.c", "-s 4096", "-I../common"),
        Half("lud/omp", "lud.c lud_omp.c ../common/common.c", "-n 2 -s 4096", "-I../common"),
        occurrences("dismatch"), check_arguments=("-s 512 -v", "-n 2 -s 512 -v"), verify=_is([0]),
    ),
    Program(
        "myocyte",
        Half("myocyte", "main.cu", "100 2000 1"), Half("myocyte", "main.c", "100 2000 1 2"),
        lambda _, folder: _numbers(" ".join(re.findall(r"=(\S+)", (folder / "output.txt").read_text()))),
        needs=("myocyte/y.txt", "myocyte/params.txt"), tolerance=1e-6, check_arguments=("100 1 0", "100 1 0"),
        serial="main.cu",
    ),
    Program(
        "nn",
        Half("nn", "nn_cuda.cu", "{data}/nn/list -r 10 -lat 30 -lng 90"),
        Half("nn", "nn_openmp.c", "{data}/nn/list 10 30 90"),
        sorted_of(printed(pattern=r"--> (?:Distance=)?(\S+)")), lambda data: inputs.hurricanes(data / "nn", 4, 250000),
        tolerance=1e-5,
    ),
    Program(
        "nw", Half("nw", "needle.cu", "8192 10", "-DTRACEBACK"), Half("nw", "needle.cpp", "8192 10 2", "-DOPENMP"),
        numbers_of("result.txt"),
    ),
    Program(
        "particlefilter",
        Half("particlefilter", "ex_particle_CUDA_naive_seq.cu", "-x 128 -y 128 -z 10 -np 100000", extra=_FIXED_TIME),
        Half("particlefilter", "ex_particle_OPENMP_seq.c", "-x 128 -y 128 -z 10 -np 100000", extra=_FIXED_TIME),
        printed(pattern=r"[XY]E: (\S+)", last=2), tolerance=1e-3,
    ),
    Program(
        "pathfinder",
        Half("pathfinder", "pathfinder.cu", "100000 1000 20"), Half("pathfinder", "pathfinder.cpp", "100000 1000"),
        printed(last=10000), check_flags="-DBENCH_PRINT", check_arguments=("10000 100 20", "10000 100"),
        twin_result=lambda text, _: _numbers(re.sub(r"timer.*", "", text))[-10000:],
    ),
    Program(
        "srad",
        Half("srad/srad_v1", "main.cu", "100 0.5 2008 1832"), Half("srad/srad_v1", "main.c", "100 0.5 2008 1832 2"),
        numbers_of("image_out.pgm"), lambda data: inputs.grey_picture(data / "srad" / "image.pgm", 458, 502),
        tolerance=2e-2,
    ),
    Program(
        "srad_v2",
        Half("srad/srad_v2", "srad.cu", "2048 2048 0 127 0 127 0.5 20", "-DGPU"),
        Half("srad/srad_v2", "srad.cpp", "2048 2048 0 127 0 127 2 0.5 20"),
        printed("Printing Output:"), tolerance=1e-3, check_flags="-DOUTPUT",
        check_arguments=("512 512 0 127 0 127 0.5 20", "512 512 0 127 0 127 2 0.5 20"),
        twin_result=printed("Start the SRAD main loop"),
    ),
    Program(
        "streamcluster",
        Half("streamcluster", "streamcluster_cuda_cpu.cpp streamcluster_cuda.cu streamcluster_header.cu",
             "10 20 256 16384 16384 1000 none output.txt 1"),
        Half("streamcluster", "streamcluster_omp.cpp", "10 20 256 16384 16384 1000 none output.txt 2"),
        numbers_of("output.txt"), tolerance=1e-4,
    ),
)  # fmt: skip
