export default async function ({ kernels, view, fact }) {
  const [n, blocks] = [1 << 20, 64];
  const x = Float32Array.from({ length: n }, (_, i) => 1 + Math.sin(i / 20000));
  const [total, ofBlock] = [new Float32Array(1), new Float32Array(blocks)];

  await kernels.reduce_sum({ grid: blocks, block: 256 }, x, total, ofBlock, n);

  view.plot({ "sum of each block": ofBlock }, { kind: "bars", x: "block" });
  const expected = x.reduce((sum, value) => sum + value, 0);
  const error = Math.abs(total[0] - expected) / expected;
  fact("sum", total[0].toFixed(1), error < 1e-5);
  fact("in JavaScript", expected.toFixed(1));
  fact("relative error", error.toExponential(1));
}
