// Typed arrays are copied to the device and back; change the slider, then run again.
export default async function ({ kernels, view, fact, slider }) {
  const n = 1000;
  const a = slider("a", { min: -2, max: 2, value: 0.5, step: 0.05 });
  const x = Float32Array.from({ length: n }, (_, i) => Math.sin(i / 25));
  const y = Float32Array.from({ length: n }, (_, i) => Math.cos(i / 90));
  const expected = y.map((value, i) => a.value * x[i] + value);
  const before = y.slice();

  await kernels.saxpy({ grid: Math.ceil(n / 256), block: 256 }, a.value, x, y, n);

  view.plot({ "a x + y": y, x, y: before }, { x: "i" });
  const error = Math.max(...y.map((value, i) => Math.abs(value - expected[i])));
  fact("largest error", error.toExponential(1), error < 1e-5);
}
