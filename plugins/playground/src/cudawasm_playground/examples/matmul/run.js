export default async function ({ kernels, view, fact }) {
  const n = 256;
  const A = Float32Array.from({ length: n * n }, (_, i) => Math.sin(0.05 * Math.floor(i / n)) * Math.cos(0.11 * (i % n)));
  const B = Float32Array.from({ length: n * n }, (_, i) => Math.cos(0.07 * Math.floor(i / n) + 0.03 * (i % n)));
  const [a, b, c] = [kernels.buffer(A), kernels.buffer(B), kernels.buffer(4 * n * n)];
  const launch = () => kernels.matmul({ grid: [n / 16, n / 16], block: [16, 16] }, a, b, c, n);

  await launch(); // the first launch makes what the others use again
  await c.read(Uint8Array, 4 * n * n - 4);
  const start = performance.now();
  for (let i = 0; i < 10; i++) await launch();
  const C = await c.read(Float32Array);
  const seconds = (performance.now() - start) / 10e3;

  view.image(C, n, n, { palette: "signed", label: "The product of two matrices" });
  let error = 0;
  for (let row = 0; row < n; row += 5) {
    for (let column = 0; column < n; column += 7) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += A[row * n + k] * B[k * n + column];
      error = Math.max(error, Math.abs(C[row * n + column] - sum));
    }
  }
  fact("largest error", error.toExponential(1), error < 1e-3);
  fact("GFLOP/s", ((2 * n ** 3) / seconds / 1e9).toFixed(2));
}
