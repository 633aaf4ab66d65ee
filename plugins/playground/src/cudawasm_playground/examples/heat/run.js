export default async function ({ kernels, view, play, pointer, fact, slider }) {
  const [width, height] = [256, 192];
  const rate = slider("Conductivity", { min: 0.02, max: 0.25, value: 0.22, step: 0.01 });
  const perFrame = slider("Steps per frame", { min: 1, max: 40, value: 10, step: 1 });
  const shape = { grid: [width / 16, height / 16], block: [16, 16] };
  let [now, next] = [kernels.buffer(4 * width * height), kernels.buffer(4 * width * height)];

  for await (const time of play()) {
    if (pointer.down) await kernels.warm(shape, now, width, height, pointer.x * width, pointer.y * height, 8);
    for (const i of [0, 1, 2]) {
      const turn = 0.4 * time + (2 * Math.PI * i) / 3;
      const [x, y] = [width * (0.5 + 0.3 * Math.cos(turn)), height * (0.5 + 0.3 * Math.sin(1.7 * turn))];
      await kernels.warm(shape, now, width, height, x, y, 5);
    }
    for (let step = 0; step < perFrame.value; step++) {
      await kernels.spread(shape, now, next, width, height, rate.value);
      [now, next] = [next, now];
    }
    const values = await now.read(Float32Array);
    let [least, most] = [Infinity, -Infinity];
    for (const value of values) [least, most] = [Math.min(least, value), Math.max(most, value)];
    fact("coldest, warmest", `${least.toFixed(3)}, ${most.toFixed(3)}`, least >= 0 && most <= 1);
    view.image(values, width, height, { palette: "heat", low: 0, high: 1, label: "Temperatures of a plate" });
  }
}
