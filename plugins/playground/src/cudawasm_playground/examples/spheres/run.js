export default async function ({ kernels, view, play, pointer, slider }) {
  const [width, height] = [512, 384];
  const speed = slider("Speed", { min: 0, max: 3, value: 1, step: 0.1 });
  const out = kernels.buffer(4 * width * height);
  let [angle, lift, clock, before] = [0.6, 0.3, 0, 0];

  for await (const time of play()) {
    clock += (time - before) * speed.value;
    before = time;
    if (pointer.down) [angle, lift] = [angle - 4 * pointer.dx, Math.min(1, Math.max(0, lift + pointer.dy))];
    await kernels.march({ grid: [width / 16, height / 16], block: [16, 16] }, out, width, height, clock, angle + 0.1 * clock, lift);
    view.image(await out.read(Uint8ClampedArray), width, height, { label: "Bouncing spheres over a floor" });
  }
}
