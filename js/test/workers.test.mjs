import assert from "node:assert/strict";
import { test } from "node:test";
import { Workers } from "../src/workers.js";

// A module with a memory that it imports, and a function "trap" that traps.
const MODULE = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 6, 1, 96, 2, 127, 127, 0, 2, 16, 1, 3, 101, 110, 118, 6, 109, 101, 109, 111, 114, 121, 2, 3, 1,
  2, 3, 2, 1, 0, 7, 8, 1, 4, 116, 114, 97, 112, 0, 0, 10, 5, 1, 3, 0, 0, 11,
]);

const started = () => {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 2, shared: true });
  return Workers.start(2, new WebAssembly.Module(MODULE), memory, () => 65536);
};

test("the error of a worker that traps is the launch's, and the next one runs", async () => {
  const workers = await started();
  for (const _ of [0, 1]) assert.match((await workers.run("trap", 0)).message, /unreachable/);
  workers.close();
});

test("a launch ends where a worker has gone, and so do later ones", async () => {
  const workers = await started();
  for (const _ of [0, 1]) assert.match((await workers.run("what makes workers leave", 0)).message, /a thread has ended/);
  workers.close();
});
