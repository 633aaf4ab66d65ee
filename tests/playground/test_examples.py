"""Every example gives what NumPy does, or keeps a property; on WebAssembly, and the quick ones on WebGPU too."""

from __future__ import annotations

import re

import numpy as np
import pytest

from cudawasm_playground.assets import examples

NAMES = [example["name"] for example in examples()]
# SwiftShader takes minutes to compile the others, or to run them.
QUICK = ("saxpy", "life", "heat", "matmul", "reduction", "histogram", "printf", "blur")


def step(page):
    """One frame more of a program that is paused."""
    before = page.last["frames"]
    page.eval("playground.session.step()")
    page.frames(before + 1)


def fact(page, name):
    return page.last["facts"][name]


def plot(page):
    return {series["name"]: np.array(series["values"]) for series in page.last["plot"]}


def given_picture(page):
    found = page.eval(
        "(({ data, width, height }) => ({ data: Array.from(data), width, height }))(playground.state.picture)"
    )
    return np.array(found["data"], np.uint8).reshape(found["height"], found["width"], 4)


def check_mandelbrot(page):
    found = page.picture()
    height, width = found.shape
    span = np.float32(3.2)
    pixel = span / width
    re = np.float32(-0.743644 - 1.6) + np.arange(width, dtype=np.float32) * pixel
    im = np.float32(0.131826 - pixel * height / 2) + np.arange(height, dtype=np.float32) * pixel
    c = (re[None, :] + 1j * im[:, None]).astype(np.complex64)
    z, count = np.zeros_like(c), np.zeros(c.shape, int)
    for _ in range(250):
        inside = np.abs(z) ** 2 < 64
        z[inside] = z[inside] ** 2 + c[inside]
        count += inside
    size = np.where(count < 250, np.abs(z.astype(np.complex128)) ** 2, 64)
    smooth = np.where(count < 250, count + 1 - np.log2(0.5 * np.log2(size)), 0)
    close = np.abs(found - np.sqrt(np.maximum(smooth, 0))) < 0.05
    assert close.mean() > 0.99  # at the border of the set the last bit decides


def check_fluid(page):
    for _ in range(30):
        step(page)
    found = page.picture()
    assert fact(page, "divergence")["isRight"] is True
    assert found[..., :3].max() > 100
    assert (found[..., 3] == 255).all()
    left, right = found[:, : found.shape[1] // 2], found[:, found.shape[1] // 2 :]
    assert left[..., 0].sum() > 5 * left[..., 2].sum()  # red is stirred in on the left, blue on the right
    assert right[..., 2].sum() > 5 * right[..., 0].sum()


def check_nbody(page):
    for _ in range(30):
        step(page)
    assert fact(page, "drift of momentum")["isRight"] is True
    found = page.picture()
    assert np.isfinite(found).all()
    assert (found > 0).sum() > 1000


def check_life(page):
    cells = page.picture().astype(int)
    for _ in range(4):
        step(page)
    steps = int(fact(page, "steps")["value"])
    assert steps >= 1
    for _ in range(steps):
        around = sum(np.roll(cells, (dy, dx), (0, 1)) for dy in (-1, 0, 1) for dx in (-1, 0, 1)) - cells
        cells = ((around == 3) | ((around == 2) & (cells == 1))).astype(int)
    assert (page.picture() == cells).all()
    assert fact(page, "alive")["value"] == str(cells.sum())


def check_spheres(page):
    found = page.picture().astype(float)
    height, width = found.shape[:2]
    angle, lift = 0.6, 0.3
    eye = np.array([7 * np.sin(angle), 1.5 + 4 * lift, 7 * np.cos(angle)])
    ahead = -eye / np.linalg.norm(eye)
    side = np.array([-ahead[2], 0, ahead[0]]) / np.hypot(ahead[0], ahead[2])
    up = np.cross(side, ahead)
    x, y = (2 * np.arange(width) - width) / height, 1 - 2 * np.zeros(1) / height
    ray = 1.4 * ahead + side * x[:, None] + up * y
    sky = 0.5 + 0.5 * (ray / np.linalg.norm(ray, axis=1, keepdims=True))[:, 1]
    expected = 255 * np.array([0.75, 0.85, 1.0]) * (1 - 0.6 * sky)[:, None]
    assert np.abs(found[0, :, :3] - expected).max() < 2  # the first row shows nothing but sky
    red, green, blue = found[..., 0], found[..., 1], found[..., 2]
    assert ((red > 1.5 * blue) & (red > 1.3 * green)).mean() > 0.1  # spheres


def check_heat(page):
    found = page.picture()
    height, width = found.shape
    plate = np.zeros((height, width), np.float32)
    y, x = np.mgrid[:height, :width].astype(np.float32)
    for i in range(3):
        turn = 2 * np.pi * i / 3
        cx, cy = width * (0.5 + 0.3 * np.cos(turn)), height * (0.5 + 0.3 * np.sin(1.7 * turn))
        plate[(x - np.float32(cx)) ** 2 + (y - np.float32(cy)) ** 2 < 25] = 1
    for _ in range(10):
        inner = plate[1:-1, 1:-1]
        around = plate[1:-1, :-2] + plate[1:-1, 2:] + plate[:-2, 1:-1] + plate[2:, 1:-1]
        new = np.zeros_like(plate)
        new[1:-1, 1:-1] = inner + np.float32(0.22) * (around - 4 * inner)
        plate = new
    np.testing.assert_allclose(found, plate, atol=1e-5)
    assert fact(page, "coldest, warmest")["isRight"] is True


def check_blur(page):
    picture = given_picture(page).astype(np.float64)
    weights = np.exp(-0.5 * (np.arange(-8, 9) / 4) ** 2)
    weights /= weights.sum()
    for axis in (1, 0):
        pad = [(8, 8) if a == axis else (0, 0) for a in range(3)]
        wide = np.pad(picture, pad, mode="edge")
        length = picture.shape[axis]
        picture = np.floor(sum(w * np.take(wide, np.arange(i, i + length), axis) for i, w in enumerate(weights)) + 0.5)
    assert np.abs(page.picture() - picture).max() <= 1
    assert fact(page, "brightness")["isRight"] is True


def check_saxpy(page):
    found = plot(page)
    np.testing.assert_allclose(found["a x + y"], 0.5 * found["x"] + found["y"], atol=1e-6)
    np.testing.assert_allclose(found["x"], np.sin(np.arange(1000) / 25), atol=1e-6)
    assert fact(page, "largest error")["isRight"] is True


def check_matmul(page):
    i = np.arange(256)
    a = np.sin(0.05 * i)[:, None] * np.cos(0.11 * i)[None, :]
    b = np.cos(0.07 * i[:, None] + 0.03 * i[None, :])
    np.testing.assert_allclose(page.picture(), a @ b, atol=1e-3)
    assert fact(page, "largest error")["isRight"] is True


def check_reduction(page):
    expected = (1 + np.sin(np.arange(1 << 20) / 20000)).sum()
    assert float(fact(page, "sum")["value"]) == pytest.approx(expected, rel=1e-5)
    assert plot(page)["sum of each block"].sum() == pytest.approx(expected, rel=1e-5)


def check_histogram(page):
    picture = given_picture(page).astype(int)
    values = (picture[..., :3] @ [77, 151, 28]) >> 8
    assert plot(page)["pixels"].tolist() == np.bincount(values.ravel(), minlength=256).tolist()


def check_printf(page):
    lines = page.last["printed"].splitlines()
    for number in (1, 7, 27):
        value, most, count = number, number, 0
        while value != 1:
            value = 3 * value + 1 if value % 2 else value // 2
            most, count = max(most, value), count + 1
        said = f"thread {(number - 1) % 8:2d} of block {(number - 1) // 8}: {number:3d} takes {count:3d} steps and reaches {most:5d}"
        assert [line for line in lines if line.startswith(said)]
    assert len([line for line in lines if re.match(r"thread +\d+ of block \d", line)]) == 32
    assert lines[-1] == "27 takes 111 steps."


def checked(page, name):
    example = next(e for e in examples() if e["name"] == name)
    if "play()" in example["run"]:
        page.frames(1, 120)
    else:
        page.ended(120)
    globals()[f"check_{name}"](page)
    assert not [f for f, value in page.last["facts"].items() if value.get("isRight") is False]


@pytest.mark.parametrize("name", NAMES)
def test_on_webassembly(open_page, name):
    page = open_page(reduced_motion="reduce")
    page.example(name)
    checked(page, name)
    assert page.last["device"] == "wasm-threads"
    assert page.text("#problems") == ""
    page.shot(f"example-{name}")


@pytest.mark.parametrize("name", ["mandelbrot", "reduction", "blur"])
def test_without_threads(open_page, name):
    page = open_page(reduced_motion="reduce")
    page.example(name, "wasm-simd")
    checked(page, name)
    assert page.last["device"] == "wasm-simd"


@pytest.mark.parametrize("name", QUICK)
def test_on_webgpu(open_page, name):
    page = open_page(reduced_motion="reduce")
    page.example(name, "webgpu")
    checked(page, name)
    assert page.last["device"] == "webgpu"
