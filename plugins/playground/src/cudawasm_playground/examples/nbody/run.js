export default async function ({ kernels, view, play, pointer, fact, slider }) {
  const [n, width, height, block] = [2048, 512, 384, 128];
  const speed = slider("Speed", { min: 0, max: 3, value: 1, step: 0.1 });
  const start = galaxies(n);
  const position = kernels.buffer(start.positions);
  const velocity = kernels.buffer(start.velocities);
  const light = kernels.buffer(4 * width * height);
  const shown = kernels.buffer(4 * width * height);
  const bodies = { grid: n / block, block };
  const before = momentum(start.velocities);
  let [angle, frames] = [0.4, 0];

  for await (const _ of play()) {
    angle += pointer.down ? 4 * pointer.dx : 0.002 * speed.value;
    const dt = 0.004 * speed.value;
    await kernels.accelerate({ ...bodies, shared: 16 * block }, position, velocity, n, dt, 0.002);
    await kernels.move(bodies, position, velocity, n, dt);
    await kernels.draw(bodies, position, light, n, width, height, angle);
    await kernels.fade({ grid: (width * height) / 256, block: 256 }, light, shown, width * height);
    view.image(await shown.read(Float32Array), width, height, { palette: "heat", low: 0, high: 9, label: "Two galaxies of bodies" });
    if (frames++ % 30 === 0) {
      const drift = Math.hypot(...momentum(await velocity.read(Float32Array)).map((p, i) => p - before[i]));
      fact("bodies", n);
      fact("drift of momentum", drift.toExponential(1), drift < 1e-3);
    }
  }
}

function momentum(velocities) {
  const sum = [0, 0, 0];
  for (let i = 0; i < velocities.length; i++) if (i % 4 < 3) sum[i % 4] += velocities[i] / (velocities.length / 4);
  return sum;
}

/** Two turning discs that come towards each other. */
function galaxies(n) {
  let state = 3;
  const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const [positions, velocities] = [new Float32Array(4 * n), new Float32Array(4 * n)];
  for (let i = 0; i < n; i++) {
    const side = i % 2 ? 1 : -1;
    const radius = 0.06 + 0.5 * random() ** 0.7;
    const turn = 2 * Math.PI * random();
    const speed = 0.7 * Math.sqrt(radius / (radius + 0.12));
    positions.set([radius * Math.cos(turn) + 0.75 * side, 0.08 * (random() - 0.5) + 0.2 * side, radius * Math.sin(turn), 1 / n], 4 * i);
    velocities.set([-speed * Math.sin(turn) - 0.22 * side, 0, speed * Math.cos(turn) + 0.12 * side, 0], 4 * i);
  }
  return { positions, velocities };
}
