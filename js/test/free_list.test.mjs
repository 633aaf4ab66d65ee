import assert from "node:assert/strict";
import { test } from "node:test";
import { FreeList } from "../src/free_list.js";

test("the first part that is large enough is taken", () => {
  const list = new FreeList(100, 50);
  assert.equal(list.take(20), 100);
  assert.equal(list.take(30), 120);
  assert.equal(list.take(1), null);
});

test("neighbours become one part", () => {
  const list = new FreeList(0, 90);
  for (const _ of [0, 1, 2]) list.take(30);
  list.giveBack(60, 30);
  list.giveBack(0, 30);
  assert.equal(list.take(60), null);
  list.giveBack(30, 30);
  assert.deepEqual(list.parts, [[0, 90]]);
});

test("it holds together under any order of calls", () => {
  const list = new FreeList(0, 1 << 16);
  const held = [];
  let state = 1;
  const random = (n) => (state = (state * 48271) % 2147483647) % n;
  for (let i = 0; i < 5000; i++) {
    if (random(2)) {
      const size = 1 + random(900);
      const offset = list.take(size);
      if (offset !== null) held.push([offset, size]);
    } else if (held.length) {
      list.giveBack(...held.splice(random(held.length), 1)[0]);
    }
    const all = [...held, ...list.parts].sort((a, b) => a[0] - b[0]);
    assert.ok(all.every(([offset], j) => j === 0 || offset === all[j - 1][0] + all[j - 1][1]));
  }
  for (const part of held) list.giveBack(...part);
  assert.deepEqual(list.parts, [[0, 1 << 16]]);
});
