export default async function ({ kernels, view, fact, picture }) {
  const { data, width, height } = picture;
  const n = width * height;
  const bins = new Uint32Array(256);

  await kernels.histogram({ grid: 32, block: 256 }, data, bins, n);

  const expected = new Uint32Array(256);
  for (let i = 0; i < 4 * n; i += 4) expected[(77 * data[i] + 151 * data[i + 1] + 28 * data[i + 2]) >> 8] += 1;
  view.image(data, width, height, { label: "The picture whose brightness is counted" });
  view.plot({ pixels: bins }, { kind: "bars", x: "brightness" });
  fact("pixels counted", bins.reduce((a, b) => a + b), bins.every((count, i) => count === expected[i]));
}
