import assert from "node:assert/strict";
import { test } from "node:test";
import { DeviceUnavailable, start } from "../src/index.js";

const pointer = (name, offset, writes) => ({ name, type: "pointer", size: 8, offset, array: "Int32Array", writes });
const MANIFEST = {
  format: 1,
  kernels: {
    add: {
      params: [pointer("a", 0, false), pointer("b", 8, true), { name: "n", type: "i32", size: 4, offset: 16 }],
      blocks: [[32, 1, 1], [8, 8, 1]],
    },
  },
};

/** A device whose kernel adds `n` to each element of `b`, which is `a` where both are one. */
class FakeDevice {
  static names = ["fake"];
  name = "fake";
  log = [];
  alive = 0;

  static async open() {
    return new FakeDevice();
  }

  allocate(nbytes) {
    this.alive += 1;
    return { bytes: new Uint8Array(nbytes), nbytes };
  }

  free() {
    this.alive -= 1;
  }

  write(memory, offset, bytes) {
    memory.bytes.set(bytes, offset);
  }

  async read(memory, offset, nbytes) {
    return memory.bytes.slice(offset, offset + nbytes);
  }

  async launch(name, shape, [, b, n]) {
    this.log.push([name, shape.grid, shape.block, shape.shared]);
    await new Promise((resolve) => setTimeout(resolve, 1));
    const count = new Int32Array(n.buffer)[0];
    const into = new Int32Array(b.memory.bytes.buffer, b.offset);
    into.forEach((value, i) => (into[i] = value + count));
  }

  synchronize() {}

  variable() {
    return (this.table ??= { bytes: new Uint8Array(8), nbytes: 8 });
  }

  async close() {
    this.log.push("closed");
  }
}

const open = async () => {
  const kernels = await start(MANIFEST, {}, [FakeDevice]);
  return { kernels, device: kernels._device };
};

test("typed arrays go there, and those that are written come back", async () => {
  const { kernels, device } = await open();
  const [a, b] = [new Int32Array([1, 2]), new Int32Array([3, 4])];
  await kernels.add({ grid: 2, block: 32, shared: 8 }, a, b, 10);
  assert.deepEqual([...b], [13, 14]);
  assert.deepEqual(device.log, [["add", [2, 1, 1], [32, 1, 1], 8]]);
  assert.equal(device.alive, 0);
});

test("one array given twice is one memory", async () => {
  const { kernels } = await open();
  const a = new Int32Array([1, 2]);
  await kernels.add({ grid: 1 }, a, a, 1);
  assert.deepEqual([...a], [2, 3]);
});

test("arrays that overlap in part are refused", async () => {
  const { kernels } = await open();
  const all = new Int32Array(8);
  await assert.rejects(kernels.add({ grid: 1 }, all.subarray(0, 5), all.subarray(4), 1), /arguments of add overlap/);
});

test("calls run in the order in which they are made", async () => {
  const { kernels } = await open();
  const buffer = kernels.buffer(new Int32Array([0, 0]));
  for (const n of [1, 2, 3]) kernels.add({ grid: 1 }, null, buffer, n);
  buffer.write(new Int32Array([100]), 4);
  kernels.add({ grid: 1 }, null, buffer, 1);
  assert.deepEqual([...(await buffer.read(Int32Array))], [7, 101]);
});

test("buffers have what arrays held when they were given", async () => {
  const { kernels } = await open();
  const buffer = kernels.buffer(8);
  const array = new Int32Array([1, 2]);
  kernels.add({ grid: 1 }, null, buffer, 0); // what follows has to wait
  buffer.write(array);
  const other = kernels.buffer(array);
  array.fill(9);
  assert.deepEqual([...(await buffer.read(Int32Array))], [1, 2]);
  assert.deepEqual([...(await other.read(Int32Array))], [1, 2]);
});

test("pointers reach into buffers", async () => {
  const { kernels } = await open();
  const buffer = kernels.buffer(16);
  await kernels.add({ grid: 1 }, null, buffer.at(8), 5);
  assert.deepEqual([...(await buffer.read(new Int32Array(2), 8))], [5, 5]);
  assert.throws(() => buffer.at(17), /outside of a buffer of 16 bytes/);
  await assert.rejects(buffer.read(new Int32Array(2), 12), /outside of a buffer/);
});

test("a buffer has what the array held at the time of the call", async () => {
  const { kernels } = await open();
  const array = new Int32Array([1, 2]);
  const buffer = kernels.buffer(array);
  array.fill(9);
  assert.deepEqual([...(await buffer.read(Int32Array))], [1, 2]);
  buffer.write(array);
  array.fill(3);
  assert.deepEqual([...(await buffer.read(Int32Array))], [9, 9]);
});

test("memory that has been freed is used no more", async () => {
  const { kernels, device } = await open();
  const buffer = kernels.buffer(8);
  const launch = kernels.add({ grid: 1 }, null, buffer, 1);
  await buffer.free();
  await launch;
  await assert.rejects(buffer.free(), { name: "ArgumentError", message: "this buffer has been freed" });
  await assert.rejects(buffer.read(), /has been freed/);
  await assert.rejects(buffer.write(new Uint8Array(8)), /has been freed/);
  await assert.rejects(kernels.add({ grid: 1 }, null, buffer, 1), /"b" of add is a buffer that has been freed/);
  assert.equal(device.alive, 0);
});

test("variables are not freed", async () => {
  const { kernels } = await open();
  await assert.rejects(kernels.variable("table").free(), /cannot be freed/);
  assert.equal((await kernels.variable("table").read()).length, 8);
});

test("a buffer of another package is refused", async () => {
  const [{ kernels }, other] = [await open(), await open()];
  const foreign = other.kernels.buffer(8);
  await assert.rejects(kernels.add({ grid: 1 }, null, foreign, 1), /"b" of add is .* of another package/);
});

test("pointers stay inside of their buffers", async () => {
  const { kernels } = await open();
  const { memory } = kernels.buffer(8);
  for (const offset of [-4, 9, 0.5, NaN]) {
    await assert.rejects(kernels.add({ grid: 1 }, null, { memory, offset }, 1), /"b" of add points outside of a buffer of 8/);
  }
});

test("what is no size and no array makes no buffer", async () => {
  const { kernels } = await open();
  for (const content of [-1, 1.5, NaN, "abc", [1, 2], null, undefined]) {
    assert.throws(() => kernels.buffer(content), { name: "ArgumentError" });
  }
  assert.equal(kernels.buffer(new SharedArrayBuffer(16)).nbytes, 16);
});

test("after close nothing runs, and what was asked for before has run", async () => {
  const { kernels, device } = await open();
  const array = new Int32Array(1);
  const launch = kernels.add({ grid: 1 }, null, array, 4);
  await Promise.all([kernels.close(), kernels.close()]);
  assert.deepEqual(device.log.at(-1), "closed");
  await launch;
  assert.deepEqual([...array], [4]);
  await assert.rejects(kernels.add({ grid: 1 }, null, array, 4), { name: "CudaWasmError", message: "the package has been closed" });
  assert.throws(() => kernels.buffer(4), /has been closed/);
});

test("values and shapes are those at the time of the call", async () => {
  const { kernels, device } = await open();
  const grid = [2, 1];
  const launch = kernels.add({ grid }, null, new Int32Array(1), 4);
  grid[0] = 5;
  await launch;
  assert.deepEqual(device.log[0][1], [2, 1, 1]);
});

test("grids that are larger than CUDA's are refused", async () => {
  const { kernels } = await open();
  for (const grid of [2 ** 31, 2 ** 32 + 1, [1, 65536], [1, 1, 65536]]) {
    await assert.rejects(kernels.add({ grid }, null, null, 1), /larger than CUDA's, 2147483647 x 65535 x 65535/);
  }
});

test("a grid without blocks runs nothing", async () => {
  const { kernels, device } = await open();
  await kernels.add({ grid: [4, 0] }, null, new Int32Array(1), 5);
  assert.deepEqual(device.log, []);
});

test("wrong shapes and counts are refused, and later calls go on", async () => {
  const { kernels } = await open();
  const b = new Int32Array(1);
  await assert.rejects(kernels.add({ grid: 1, block: 64 }, null, b, 1), /exported for blocks of 32x1x1, 8x8x1; export it with --block add=64x1x1/);
  await assert.rejects(kernels.add({ grid: -1 }, null, b, 1), /grid must be one to three whole numbers/);
  await assert.rejects(kernels.add({ block: 32 }, null, b, 1), /grid must be/);
  await assert.rejects(kernels.add({ grid: 1 }, null, b), /add takes 3 arguments \(a, b, n\), not 2/);
  await kernels.add({ grid: 1, block: [8, 8] }, null, b, 1);
  assert.deepEqual([...b], [1]);
});

test("a device that cannot run leaves its reason", async () => {
  class Missing {
    static names = ["missing"];
    static async open() {
      throw new DeviceUnavailable("it is not here");
    }
  }
  const kernels = await start(MANIFEST, {}, [Missing, FakeDevice]);
  assert.deepEqual(kernels.reasons, [{ device: "missing", reason: "it is not here" }]);
  await assert.rejects(start(MANIFEST, {}, [Missing]), { name: "DeviceUnavailable", message: "missing: it is not here" });
  await assert.rejects(start(MANIFEST, {}, [FakeDevice], { device: "other" }), /the package has no device "other"/);
  await assert.rejects(start({ format: 2 }, {}, []), /has format 2/);
});
