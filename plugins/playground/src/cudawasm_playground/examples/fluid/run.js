export default async function ({ kernels, view, play, pointer, fact, slider }) {
  const n = 256;
  const cells = n * n;
  const rounds = slider("Pressure rounds", { min: 4, max: 80, value: 30, step: 2 });
  const shape = { grid: [n / 16, n / 16], block: [16, 16] };
  const two = (bytes) => [kernels.buffer(bytes * cells), kernels.buffer(bytes * cells)];
  let [[velocity, other], [dye, otherDye], [pressure, otherPressure]] = [two(8), two(16), two(4)];
  const divergence = kernels.buffer(4 * cells);
  const shown = kernels.buffer(4 * cells);
  let [frames, hue] = [0, 0];

  for await (const time of play()) {
    await stirAll(time);
    await kernels.flow(shape, velocity, dye, other, otherDye, n, 1.0);
    [velocity, other, dye, otherDye] = [other, velocity, otherDye, dye];
    await kernels.diverge(shape, velocity, divergence, n);
    const before = frames % 30 === 0 ? await size(divergence) : 0;
    for (let i = 0; i < rounds.value; i++) {
      await kernels.relax(shape, pressure, divergence, otherPressure, n);
      [pressure, otherPressure] = [otherPressure, pressure];
    }
    await kernels.project(shape, velocity, pressure, n);
    if (frames++ % 30 === 0) {
      await kernels.diverge(shape, velocity, divergence, n);
      const after = await size(divergence);
      fact("divergence", `${before.toExponential(1)}, then ${after.toExponential(1)}`, after < before);
    }
    await kernels.show({ grid: cells / 256, block: 256 }, dye, shown, cells);
    view.image(await shown.read(Uint8ClampedArray), n, n, { label: "Colours in a fluid" });
  }

  async function stirAll(time) {
    if (pointer.down) {
      hue += 0.02;
      const colour = [0, 2, 4].map((shift) => 0.25 * (1 + Math.sin(hue + shift)));
      await stir(pointer.x * n, pointer.y * n, 260 * pointer.dx, 260 * pointer.dy, 10, colour);
    }
    const turn = 0.7 * time;
    await stir(n * 0.22, n * (0.5 + 0.2 * Math.sin(turn)), 1.2, 0.7 * Math.cos(1.3 * turn), 7, [0.2, 0.06, 0.01]);
    await stir(n * 0.78, n * (0.5 - 0.2 * Math.sin(turn)), -1.2, 0.7 * Math.sin(1.1 * turn), 7, [0.01, 0.08, 0.22]);
  }

  function stir(x, y, fx, fy, radius, [red, green, blue]) {
    return kernels.stir(shape, velocity, dye, n, x, y, fx, fy, radius, red, green, blue);
  }

  async function size(buffer) {
    const values = await buffer.read(Float32Array);
    return values.reduce((sum, value) => sum + Math.abs(value), 0) / values.length;
  }
}
