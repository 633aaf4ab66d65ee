"""Whole programs: built by our nvcc and run on every device there is."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

import cudawasm as cw
from cudawasm.host import nvcc

HERE = Path(__file__).parent
DEVICES = [
    i.name for i in cw.devices() if i.backend in ("cpu", "opencl", "vulkan", "wgpu") and i.name.endswith(("cpu", ":0"))
]
LIBRARY_PROGRAMS = [
    p.stem for p in sorted((HERE / "programs").glob("*.cu")) if p.stem.startswith(("cub_", "curand_", "thrust_"))
]
pytestmark = pytest.mark.skipif(not shutil.which("g++") and not shutil.which("clang++"), reason="no C++ compiler")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The programs of this folder, by name."""
    folder = tmp_path_factory.mktemp("programs")
    programs = {}
    for source in sorted((HERE / "programs").glob("*.cu")):
        programs[source.stem] = folder / source.stem
        assert nvcc.main([str(source), "-o", str(programs[source.stem]), "-lcurand"]) == 0
    return programs


def ran(program: Path, device: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = dict(os.environ, CUDAWASM_DEVICE=device, CUDAWASM_PYTHON=sys.executable)
    return subprocess.run(
        [str(program), *arguments], capture_output=True, text=True, env=environment, timeout=120, check=False
    )


@pytest.mark.parametrize("device", DEVICES)
def test_kernels_of_every_form(built, device: str):
    done = ran(built["kernels"], device, "given")
    assert (done.stdout, done.returncode) == ("argument given\n", 7)


@pytest.mark.parametrize("device", DEVICES)
def test_errors_are_cudas(built, device: str):
    done = ran(built["errors"], device)
    assert (done.stdout, done.returncode) == ("one\nkernel 2\nthree\nafter\n", 0)
    assert "errors.cu:10" in done.stderr  # where the kernel stopped


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize(
    "program", ["memory", "streams", "graphs", "texture_references", "managed_variables", "overloads", "lambdas"]
)
def test_the_runtime(built, device: str, program: str):
    done = ran(built[program], device)
    right = f"{program.replace('_', ' ')} {'is' if program == 'memory' else 'are'} right\n"
    assert (done.stdout, done.returncode) == (right, 0), done.stderr


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A program of two sources, compiled one by one, whose device code is linked."""
    folder = tmp_path_factory.mktemp("linked")
    objects = []
    for source in sorted((HERE / "linked").glob("*.cu")):
        objects.append(str(folder / f"{source.stem}.o"))
        assert nvcc.main(["-dc", str(source), "-o", objects[-1]]) == 0
    assert nvcc.main([*objects, "-o", str(folder / "program")]) == 0
    return folder / "program"


@pytest.mark.parametrize("device", DEVICES)
def test_device_code_of_two_sources(linked: Path, device: str):
    for _ in range(2):  # compiled, and from the cache
        done = ran(linked, device)
        assert (done.stdout, done.returncode) == ("linked code is right\n", 0), done.stderr


def test_code_of_another_source_is_missing_without_rdc(tmp_path: Path):
    program = tmp_path / "program"
    assert nvcc.main([*(str(p) for p in sorted((HERE / "linked").glob("*.cu"))), "-o", str(program)]) == 0
    done = ran(program, "cpu")
    assert done.returncode == 1
    assert "is declared but never defined" in done.stderr
    assert "-rdc=true" in done.stderr


def _lines(text: str) -> dict[str, list[float]]:
    return {
        name: [float(v) for v in values.split()] for name, values in (line.split(":") for line in text.splitlines())
    }


@pytest.mark.parametrize("device", DEVICES)
def test_textures_are_read_as_an_h200_reads_them(built, device: str):
    done = ran(built["textures"], device)
    assert done.returncode == 0, done.stdout + done.stderr
    expected = _lines((HERE / "programs" / "textures.h200.txt").read_text())
    found = _lines(done.stdout)
    assert found.keys() == expected.keys()
    for name, values in expected.items():
        # NVIDIA rounds the eight weights of a box in a way of its own, and sums of narrow integers to 16 bits.
        is_box, is_narrow = (
            name.startswith("3D") and "linear" in name,
            "char" in name or "channel" in name or "short" in name,
        )
        bound = 0.01 if is_box else 1e-4 if is_narrow else 1e-6
        assert found[name] == pytest.approx(values, rel=bound, abs=bound), name


@pytest.mark.parametrize("program", LIBRARY_PROGRAMS)
def test_libraries_of_algorithms(built, program: str):
    done = ran(built[program], "cpu")
    assert (done.stdout, done.returncode) == (f"{program} is right\n", 0), done.stderr


def test_a_program_that_is_killed_leaves_no_kernel_running(tmp_path: Path):
    source, program = tmp_path / "p.cu", tmp_path / "p"
    source.write_text("""#include <cstdio>
        __global__ void endless(volatile int* p) { while (*p == 0) { } }
        int main() { int* p; cudaMalloc(&p, 4); cudaMemset(p, 0, 4); endless<<<1, 1>>>(p);
            std::printf("launched\\n"); std::fflush(stdout); cudaDeviceSynchronize(); }""")
    assert nvcc.main([str(source), "-o", str(program)]) == 0
    environment = dict(os.environ, CUDAWASM_DEVICE="cpu", CUDAWASM_PYTHON=sys.executable)
    with subprocess.Popen([str(program)], stdout=subprocess.PIPE, env=environment, text=True) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "launched\n"
        children = Path(f"/proc/{running.pid}/task/{running.pid}/children")
        (service,) = children.read_text().split()
        running.kill()
    for _ in range(300):
        if not Path(f"/proc/{service}").exists() or ") Z " in Path(f"/proc/{service}/stat").read_text():
            return
        time.sleep(0.1)
    pytest.fail("the service runs on")


STRAY = """#include <cstdio>
__global__ void stray(int* p) { *(int*)((char*)p + %s) = 1; }
__global__ void race(int* p) { p[0] = threadIdx.x; }
int main() {
    int* p;
    cudaMalloc(&p, 4096);
    race<<<1, 2>>>(p);
    stray<<<1, 32>>>(p);
    const cudaError_t error = cudaDeviceSynchronize();
    std::printf("%%s\\n", cudaGetErrorName(error));
    std::printf("%%s\\n", cudaGetErrorName(cudaMemset(p, 0, 4)));
}
"""


@pytest.mark.parametrize(
    ("offset", "error"), [("1", "cudaErrorMisalignedAddress"), ("(1 << 28)", "cudaErrorIllegalAddress")]
)
def test_a_sanitizer_finds_the_line_and_the_program_gets_cudas_code(tmp_path: Path, offset: str, error: str):
    source = tmp_path / "p.cu"
    source.write_text(STRAY % offset)
    command = [sys.executable, "-m", "cudawasm.cli", "run", "--sanitize", str(source)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout == f"{error}\n{error}\n", done.stderr
    assert "p.cu:2: write of 4 bytes" in done.stderr
    assert "race" in done.stderr


def test_a_lambda_of_the_host_is_no_device_code(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    source = tmp_path / "p.cu"
    source.write_text("""#include <thrust/device_vector.h>
        #include <thrust/transform.h>
        int main() { thrust::device_vector<int> v(3);
            thrust::transform(v.begin(), v.end(), v.begin(), [](int x) { return x + 1; }); }""")
    assert nvcc.main([str(source), "-o", str(tmp_path / "p")]) == 1
    assert "device code takes no lambdas from host code" in capfd.readouterr().err


@pytest.mark.parametrize(("what", "status"), [("", 6), ("forks", 33), ("sets the device", 4)])
def test_a_service_that_starts_early_serves_only_its_program(built, what: str, status: int):
    done = ran(built["start"], "cpu", *filter(None, [what]))
    assert done.returncode == status, done.stderr


def test_lambdas_of_two_sources_are_not_confused(tmp_path: Path):
    (tmp_path / "apply.h").write_text("""#pragma once
        #include <cstdio>
        template <class F> __global__ void apply(F f) { f(); }
        template <class F> void run(F f) { apply<<<1, 1>>>(f); cudaDeviceSynchronize(); }
        inline void header(int x) { run([=] __device__ { printf("header %d\\n", x); }); }""")
    (tmp_path / "a.cu").write_text("""#include "apply.h"
        void other(int x);
        int main() { int x = 1; run([=] __device__ { printf("a %d\\n", x); }); header(2); other(3); }""")
    (tmp_path / "b.cu").write_text("""#include "apply.h"
        void other(int x) { run([=] __device__ { printf("b %d\\n", x); }); header(4); }""")
    sources = [str(tmp_path / "a.cu"), str(tmp_path / "b.cu")]
    for flags in ([], ["-rdc=true"]):
        assert nvcc.main([*sources, *flags, "-o", str(tmp_path / "p")]) == 0
        assert ran(tmp_path / "p", "cpu").stdout == "a 1\nheader 2\nb 3\nheader 4\n"


def test_lambdas_that_only_one_half_has_are_not_taken_for_others(tmp_path: Path):
    source = tmp_path / "p.cu"
    source.write_text("""template <class F> __global__ void apply(F f) { f(0); }
        #ifndef __CUDA_ARCH__
        void unseen(int a) { apply<<<1, 1>>>([=] __device__(int i) { i += a; }); }
        #endif
        int main() { int b = 1; apply<<<1, 1>>>([=] __device__(int i) { i += b; });
            return cudaGetLastError() == cudaSuccess; }""")
    assert nvcc.main([str(source), "-o", str(tmp_path / "p")]) == 0
    done = ran(tmp_path / "p", "cpu")
    assert done.returncode == 0
    assert "E0222" in done.stderr or "E0203" in done.stderr


def project(tmp_path: Path) -> Path:
    return Path(shutil.copytree(HERE / "project", tmp_path / "project"))


def command(*words: str, folder: Path) -> str:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        words, cwd=folder, capture_output=True, text=True, env=dict(os.environ, PATH=path), check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.skipif(not shutil.which("make"), reason="no make")
def test_a_makefile_project(tmp_path: Path):
    folder = project(tmp_path)
    command("make", "NVCC=cudawasm-nvcc", folder=folder)
    command("make", "-B", "NVCC=cudawasm-nvcc", "CXX=cudawasm-nvcc", folder=folder)  # CXX reaches our nvcc, too
    for device in DEVICES:
        assert ran(folder / "program", device).stdout == "project is right on 1 device\n"
    os.utime(folder / "src/scale.h", (2e9, 2e9))
    assert "-o kernels.o" in command("make", "-n", "NVCC=cudawasm-nvcc", folder=folder)


@pytest.mark.skipif(not shutil.which("cmake") or not shutil.which("make"), reason="no cmake")
def test_a_cmake_project(tmp_path: Path):
    folder = project(tmp_path)
    (folder / "made").mkdir()
    compiler = Path(sys.executable).parent / "cudawasm-nvcc"
    command("cmake", "..", f"-DCMAKE_CUDA_COMPILER={compiler}", folder=folder / "made")
    command("make", folder=folder / "made")
    for device in DEVICES:
        assert ran(folder / "made/program", device).stdout == "project is right on 1 device\n"


def test_a_folder_like_cudas_toolkit_serves_linkers_of_c(tmp_path: Path):
    command(sys.executable, "-m", "cudawasm.cli", "toolkit", "toolkit", folder=tmp_path)
    (tmp_path / "k.cu").write_text("""__global__ void k(int* p) { *p = 5; }
        extern "C" int found(void) {
            int v = 0, *p;
            cudaMalloc(&p, 4);
            k<<<1, 1>>>(p);
            cudaMemcpy(&v, p, 4, cudaMemcpyDefault);
            return v; }""")
    (tmp_path / "main.c").write_text("""#include <cuda_runtime_api.h>
        int found(void);
        int main() { int n; return cudaGetDeviceCount(&n) || n != 1 ? 1 : found(); }""")
    command("toolkit/bin/nvcc", "-c", "k.cu", folder=tmp_path)
    libraries = ("-Ltoolkit/lib64", "-lcudart", "-Wl,-rpath,toolkit/lib64")
    command("cc", "-Itoolkit/include", "main.c", "k.o", *libraries, "-o", "main", folder=tmp_path)
    environment = dict(os.environ, CUDAWASM_DEVICE="cpu")
    assert subprocess.run(["./main"], cwd=tmp_path, env=environment, check=False).returncode == 5


def test_programs_of_c_link_the_toolkits_curand(tmp_path: Path):
    command(sys.executable, "-m", "cudawasm.cli", "toolkit", "toolkit", folder=tmp_path)
    (tmp_path / "main.c").write_text("""#include <curand.h>
        #include <stdio.h>
        int main(void) {
            curandGenerator_t generator;
            unsigned int numbers[2];
            curandCreateGeneratorHost(&generator, CURAND_RNG_PSEUDO_XORWOW);
            curandSetPseudoRandomGeneratorSeed(generator, 1234);
            curandGenerate(generator, numbers, 2);
            printf("%u %u", numbers[0], numbers[1]);
            return curandDestroyGenerator(generator); }""")
    libraries = ("-Ltoolkit/lib64", "-lcurand", "-lcudart", "-Wl,-rpath,toolkit/lib64")
    command("cc", "-Itoolkit/include", "main.c", *libraries, "-o", "main", folder=tmp_path)
    done = subprocess.run(["./main"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("624778773 3522650202", 0)


def test_plain_cpp_draws_from_states_as_kernels_do(tmp_path: Path):
    source = tmp_path / "p.cpp"
    source.write_text("""#include <curand_kernel.h>
        #include <cstdio>
        int main() {
            curandState state;
            curand_init(1234, 1, 0, &state);
            printf("%u", curand(&state)); }""")
    assert nvcc.main([str(source), "-o", str(tmp_path / "p")]) == 0
    assert ran(tmp_path / "p", "cpu").stdout == "3522650202"


def test_run_gives_the_programs_output_and_status(tmp_path: Path):
    source = tmp_path / "p.cu"
    source.write_text("""#include <cstdio>
        __global__ void k() { printf("%d threads\\n", blockDim.x); }
        int main(int n, char** a) { k<<<1, 1>>>(); cudaDeviceSynchronize(); puts(a[n - 1]); return n; }""")
    words = [sys.executable, "-m", "cudawasm.cli", "run", str(source), "--device", "cpu", "--", "--one", "two"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("1 threads\ntwo\n", 3)


def test_a_source_that_is_only_translated(tmp_path: Path):
    (tmp_path / "p.cu").write_text(
        "__global__ void k() {}\nint main() { k<<<1, 1>>>(); return cudaDeviceSynchronize(); }\n"
    )
    nvcc_ = str(Path(sys.executable).parent / "cudawasm-nvcc")
    command(nvcc_, "-cuda", "p.cu", folder=tmp_path)
    command("g++", "-x", "c++", "-fpreprocessed", "-c", "p.cu.cpp.ii", "-o", "p.o", folder=tmp_path)
    command(nvcc_, "p.o", "-o", "p", folder=tmp_path)
    assert ran(tmp_path / "p", "cpu").returncode == 0


def test_options_for_the_host_reach_the_linker(tmp_path: Path):
    (tmp_path / "p.cu").write_text("""#include <omp.h>
        int main() { int n = 0;
        #pragma omp parallel num_threads(2) reduction(+ : n)
            n += 1 + omp_get_thread_num();
            return n; }""")
    assert nvcc.main(["-Xcompiler", "-fopenmp", str(tmp_path / "p.cu"), "-o", str(tmp_path / "p")]) == 0
    assert ran(tmp_path / "p", "cpu").returncode == 3


def test_what_is_wrong_is_said_at_its_line(tmp_path: Path, capfd: pytest.CaptureFixture[str]):
    source = tmp_path / "p.cu"
    source.write_text("__global__ void k(int* p) { *p = 1; }\n\nint main() { cudaNothing(); }\n")
    assert nvcc.main([str(source), "-o", str(tmp_path / "p")]) == 1
    assert "p.cu:3:" in capfd.readouterr().err
    source.write_text("#include <missing.h>\nint main() {}\n")
    assert nvcc.main(["-c", str(source), "-o", str(tmp_path / "p.o")]) == 1
    assert "missing.h" in capfd.readouterr().err
    assert nvcc.main(["-ptx", str(source)]) == 1
    assert nvcc.main(["--version"]) == 0
    assert "release 12.4" in capfd.readouterr().out
