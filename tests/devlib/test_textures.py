"""Textures and surfaces from Python; what is read is compared with NumPy, with NVIDIA's values in tests/host."""

from __future__ import annotations

import numpy as np
import pytest

import cudawasm as cw

DEVICES = [i.name for i in cw.devices() if i.name in ("cpu", "reference") or i.name.endswith(":0")]
SOURCE = """
texture<float, 2> bound;
extern "C" __global__ void line(cudaTextureObject_t t, const float* x, float* out) {
    out[threadIdx.x] = tex1D<float>(t, x[threadIdx.x]);
}
extern "C" __global__ void plane(cudaTextureObject_t t, const float2* at, float* out) {
    out[threadIdx.x] = tex2D<float>(t, at[threadIdx.x].x, at[threadIdx.x].y);
}
extern "C" __global__ void colours(cudaTextureObject_t t, float4* out) {
    out[threadIdx.x] = tex2D<float4>(t, threadIdx.x + 0.5f, 0.5f);
}
extern "C" __global__ void faces(cudaTextureObject_t cube, cudaTextureObject_t layers, float* out) {
    const float d = threadIdx.x % 2 ? -1.0f : 1.0f;
    const int axis = threadIdx.x / 2;
    out[threadIdx.x] = texCubemap<float>(cube, axis == 0 ? d : 0.0f, axis == 1 ? d : 0.0f, axis == 2 ? d : 0.0f) +
                       tex2DLayered<float>(layers, 0.5f, 0.5f, threadIdx.x);
}
extern "C" __global__ void invert(cudaTextureObject_t from, cudaSurfaceObject_t to) {
    const uchar4 v = tex2D<uchar4>(from, threadIdx.x, threadIdx.y);
    surf2Dwrite(make_uchar4(255 - v.x, 255 - v.y, 255 - v.z, v.w), to, threadIdx.x * 4, threadIdx.y);
}
extern "C" __global__ void gathered(cudaTextureObject_t t, float4* out) {
    out[threadIdx.x] = tex2Dgather<float4>(t, threadIdx.x, 1.0f);
}
extern "C" __global__ void by_reference(float* out) { out[threadIdx.x] = tex2D(bound, threadIdx.x + 0.5f, 1.5f); }
"""


@pytest.fixture(scope="module", params=DEVICES)
def module(request: pytest.FixtureRequest) -> cw.Module:
    return cw.Module(SOURCE, device=request.param)


def test_interpolation_between_texels(module):
    x = np.array([-1, 0.5, 1.0, 1.25, 2.5, 9], np.float32)
    texture = cw.Texture(np.array([0, 10, 30], np.float32), filter_mode="linear", device=module.device)
    out = cw.empty(6, np.float32, module.device)
    module["line"][1, 6](texture, cw.asarray(x, module.device), out)
    np.testing.assert_allclose(out.get(), [0, 0, 5, 7.5, 30, 30], rtol=1e-6)


@pytest.mark.parametrize(
    ("address", "expected"),
    [("wrap", [3, 1, 2]), ("mirror", [1, 3, 2]), ("clamp", [1, 3, 2]), ("border", [-5, -5, 2])],
)
def test_what_lies_outside(module, address, expected):
    how = {"address_mode": (address, "clamp"), "normalized_coords": True, "border_color": [-5]}
    texture = cw.Texture(np.array([[1, 2, 3]], np.float32), **how, device=module.device)
    at = cw.asarray(np.array([[-0.1, 0], [1.1, 0], [0.5, 0]], np.float32).view("f4,f4"), module.device)
    out = cw.empty(3, np.float32, module.device)
    module["plane"][1, 3](texture, at.view(np.float32), out)
    assert out.get().tolist() == expected


def test_fractions_of_bytes(module):
    image = np.array([[[0, 51, 102, 255], [255, 0, 255, 128]]], np.uint8)
    out = cw.empty((2, 4), np.float32, module.device)
    module["colours"][1, 2](cw.Texture(image, channels=4, read_mode="normalized", device=module.device), out)
    np.testing.assert_array_equal(out.get(), image[0] / np.float32(255))


def test_layers_and_the_faces_of_a_cube(module):
    stack = np.repeat(np.arange(6, dtype=np.float32), 4).reshape(6, 2, 2)
    cube = cw.Texture(stack, cubemap=True, normalized_coords=True, device=module.device)
    layers = cw.Texture(stack * 10, layered=True, device=module.device)
    out = cw.empty(6, np.float32, module.device)
    module["faces"][1, 6](cube, layers, out)
    assert out.get().tolist() == [0, 11, 22, 33, 44, 55]


def test_a_surface_writes_into_the_array_that_it_is_made_of(module):
    image = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    target = cw.zeros(image.shape, np.uint8, module.device)
    texture = cw.Texture(image, channels=4, device=module.device)
    module["invert"][1, (3, 2)](texture, cw.Surface(target, channels=4))
    expected = 255 - image
    expected[..., 3] = image[..., 3]
    np.testing.assert_array_equal(target.get(), expected)


def test_the_four_texels_around_a_place_may_be_the_borders(module):
    image = np.array([[1, 2], [3, 4]], np.float32)
    texture = cw.Texture(image, address_mode="border", border_color=[-5], device=module.device)
    out = cw.empty((2, 4), np.float32, module.device)
    module["gathered"][1, 2](texture, out)
    assert out.get().tolist() == [[-5, 3, 1, -5], [3, 4, 2, 1]]


def test_a_texture_that_is_a_variable(module):
    texture = cw.Texture(np.arange(6, dtype=np.float32).reshape(2, 3), device=module.device)
    module.bind("bound", texture)
    out = cw.empty(3, np.float32, module.device)
    module["by_reference"][1, 3](out)
    assert out.get().tolist() == [3, 4, 5]


def test_what_is_no_image_is_refused():
    for arguments, what in (
        ({"image": np.zeros(4)}, "no elements of float64"),
        ({"image": np.zeros((4, 3), np.uint8), "channels": 3}, "has not 3 channels"),
        ({"image": np.zeros((5, 2, 2), np.float32), "cubemap": True}, "six square faces"),
        ({"image": np.zeros(4, np.int32), "filter_mode": "linear"}, "not interpolated"),
        ({"image": np.zeros(4, np.int32), "read_mode": "normalized"}, "no fractions are made of int32"),
        ({"image": np.zeros(4, np.float32), "address_mode": "repeat"}, "unknown address mode"),
        ({"image": np.zeros((1, 1, 1, 1), np.float32)}, "no image has the extents"),
    ):
        with pytest.raises(cw.ArgumentError, match=what):
            cw.Texture(arguments.pop("image"), device="cpu", **arguments)


def test_an_image_of_another_device_is_refused():
    module = cw.Module(SOURCE, device="cpu")
    elsewhere = cw.Texture(np.zeros(4, np.float32), device="reference")
    x = cw.zeros(1, np.float32, "cpu")
    with pytest.raises(cw.ArgumentError, match="an image of device reference"):
        module["line"][1, 1](elsewhere, x, x)
