// `picture` is the one that was dropped or chosen, else one that the page has.
export default async function ({ kernels, view, play, fact, picture, slider }) {
  const { data, width, height } = picture;
  const radius = slider("Radius", { min: 0, max: 32, value: 8, step: 1 });
  const [first, between, last] = [kernels.buffer(data), kernels.buffer(data.length), kernels.buffer(data.length)];
  const shape = { grid: [Math.ceil(width / 16), Math.ceil(height / 16)], block: [16, 16] };
  const before = mean(data);
  let shown = -1;

  for await (const _ of play()) {
    if (radius.value === shown) continue;
    shown = radius.value;
    const weights = gaussian(shown);
    await kernels.blur_rows(shape, first, between, weights, width, height, shown);
    await kernels.blur_columns(shape, between, last, weights, width, height, shown);
    const result = await last.read(Uint8ClampedArray);
    view.image(result, width, height, { label: `The picture, blurred with radius ${shown}` });
    const after = mean(result);
    fact("brightness", `${before.toFixed(1)} before, ${after.toFixed(1)} after`, Math.abs(after - before) < 3);
  }
}

function gaussian(radius) {
  const sigma = Math.max(0.3, radius / 2);
  const found = Float32Array.from({ length: 2 * radius + 1 }, (_, i) => Math.exp(-0.5 * ((i - radius) / sigma) ** 2));
  const sum = found.reduce((a, b) => a + b);
  return found.map((value) => value / sum);
}

function mean(data) {
  let sum = 0;
  for (let i = 0; i < data.length; i++) if (i % 4 < 3) sum += data[i];
  return sum / (0.75 * data.length);
}
