"""``cudawasm check`` on the CPU."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from cudawasm.cli.app import app


def test_what_the_processor_has_no_instructions_for_is_named(tmp_path: Path):
    (tmp_path / "halves.cu").write_text(
        "#include <cuda_fp16.h>\n__global__ void halves(__half* a) { a[0] = __hadd(a[0], a[1]); }\n"
        "__global__ void floats(float* a) { a[0] += a[1]; }\n"
    )
    result = CliRunner().invoke(app, ["check", str(tmp_path), "--device", "cpu"], env={"COLUMNS": "200"})
    assert result.exit_code == 0
    lines = [" ".join(line.split()) for line in result.stdout.splitlines()]
    assert any(line.endswith("halves cpu runs emulated no instructions for f16") for line in lines)
    assert any(line.endswith("floats cpu runs") for line in lines)
    assert lines[-1] == "1 file: 1 runs, 1 runs emulated"
