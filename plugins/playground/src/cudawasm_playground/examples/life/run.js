export default async function ({ kernels, view, play, pointer, fact, slider }) {
  const [width, height] = [256, 192];
  const rate = slider("Steps per second", { min: 1, max: 60, value: 20, step: 1 });
  let state = 7;
  const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const cells = Uint8Array.from({ length: width * height }, () => (random() < 0.3 ? 1 : 0));
  let [now, next] = [kernels.buffer(cells), kernels.buffer(cells.length)];
  let [steps, due] = [0, 0];
  let before = 0;

  for await (const time of play()) {
    due += (time - before) * rate.value;
    before = time;
    for (; due >= 1; due--, steps++) {
      await kernels.life({ grid: [width / 16, height / 16], block: [16, 16] }, now, next, width, height);
      [now, next] = [next, now];
    }
    if (pointer.down) await draw(now, Math.floor(pointer.x * width), Math.floor(pointer.y * height));
    await now.read(cells);
    fact("steps", steps);
    fact("alive", cells.reduce((sum, cell) => sum + cell, 0));
    view.image(cells, width, height, { palette: "viridis", low: 0, high: 1, crisp: true, label: "Cells of the Game of Life" });
  }

  async function draw(buffer, x, y) {
    for (const [dx, dy] of [[0, 0], [1, 0], [2, 0], [2, -1], [1, -2]]) {
      const at = ((y + dy + height) % height) * width + ((x + dx + width) % width);
      await buffer.write(Uint8Array.of(1), at);
    }
  }
}
