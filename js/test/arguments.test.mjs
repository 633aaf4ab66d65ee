import assert from "node:assert/strict";
import { test } from "node:test";
import { convert } from "../src/arguments.js";

const scalar = (type, size, value) => [...convert("k", { name: "v", type, size }, value)];

test("numbers are little-endian bytes", () => {
  assert.deepEqual(scalar("i32", 4, -2), [254, 255, 255, 255]);
  assert.deepEqual(scalar("u16", 2, 258), [2, 1]);
  assert.deepEqual(scalar("f32", 4, 1.5), [0, 0, 192, 63]);
  assert.deepEqual(scalar("f64", 8, 1), [0, 0, 0, 0, 0, 0, 240, 63]);
  assert.deepEqual(scalar("i64", 8, -1n), Array(8).fill(255));
  assert.deepEqual(scalar("u64", 8, 5), [5, 0, 0, 0, 0, 0, 0, 0]);
  assert.deepEqual(scalar("bool", 1, true), [1]);
});

test("half precision rounds once to even", () => {
  const half = (value) => scalar("f16", 2, value)[0] + 256 * scalar("f16", 2, value)[1];
  const known = [
    [0, 0], [-0, 0x8000], [1, 0x3c00], [-2, 0xc000], [65504, 0x7bff], [65519.99, 0x7bff], [65520, 0x7c00],
    [Infinity, 0x7c00], [-Infinity, 0xfc00], [2 ** -14, 0x0400], [2 ** -24, 1], [2 ** -25, 0], [1.5 * 2 ** -25, 1],
    [2 ** -14 - 2 ** -25, 0x0400], [1 + 2 ** -11, 0x3c00], [1 + 3 * 2 ** -11, 0x3c02], [1 + 2 ** -11 + 2 ** -40, 0x3c01],
    [2047.9999, 0x6800], [NaN, 0x7fff],
  ];
  for (const [value, bits] of known) assert.equal(half(value), bits, `${value}`);
});

test("bfloat rounds once", () => {
  const bits = (value) => scalar("bf16", 2, value)[0] + 256 * scalar("bf16", 2, value)[1];
  assert.equal(bits(1), 0x3f80);
  assert.equal(bits(1 + 2 ** -8), 0x3f80);
  assert.equal(bits(1 + 3 * 2 ** -8), 0x3f82);
  assert.equal(bits(NaN), 0x7fff);
  // Doubles that as floats would be in the middle between two.
  assert.equal(bits(1 + 2 ** -8 + 2 ** -40), 0x3f81);
  assert.equal(bits(-(1 + 3 * 2 ** -8 - 2 ** -40)), 0xbf81);
  assert.equal(bits(2 ** -133), 1);
  assert.equal(bits(2 ** -134), 0);
  assert.equal(bits(2 ** -134 * (1 + 2 ** -30)), 1);
  assert.equal(bits(-1e39), 0xff80);
  assert.equal(bits(-0), 0x8000);
});

test("a boolean is no text", () => {
  assert.deepEqual(scalar("bool", 1, 0), [0]);
  for (const value of ["false", undefined, null, 2]) assert.throws(() => scalar("bool", 1, value), /needs a boolean/);
});

test("what does not fit is refused with the parameter's name", () => {
  const refused = (type, value, message) =>
    assert.throws(() => convert("k", { name: "v", type, size: 4 }, value), { name: "ArgumentError", message });
  refused("i32", 2 ** 31, '"v" of k needs a whole number of type i32, not 2147483648');
  refused("u32", -1, '"v" of k needs a whole number of type u32, not -1');
  refused("i32", 1.5, '"v" of k needs a whole number of type i32, not 1.5');
  refused("f32", 1n, '"v" of k needs a number, not 1');
  refused("f32", undefined, '"v" of k needs a number, not undefined');
  refused("bytes", [1], '"v" of k needs 4 bytes as a typed array or ArrayBuffer, not Array');
  refused("bytes", new Uint8Array(3), '"v" of k needs 4 bytes, not 3');
});

test("pointers take arrays of their type, bytes, buffers and null", () => {
  const param = { name: "p", type: "pointer", size: 8, array: "Float32Array" };
  assert.equal(convert("k", param, null), null);
  assert.equal(convert("k", param, new Float32Array(4)).copied.byteLength, 16);
  assert.equal(convert("k", param, new Uint8Array(4)).copied.byteLength, 4);
  assert.deepEqual(convert("k", param, { memory: "m", offset: 8 }), { memory: "m", offset: 8 });
  assert.throws(() => convert("k", param, new Int32Array(4)), { message: '"p" of k needs a Float32Array, not a Int32Array' });
  assert.throws(() => convert("k", param, 5), { message: '"p" of k needs a typed array, a buffer or null, not 5' });
});
