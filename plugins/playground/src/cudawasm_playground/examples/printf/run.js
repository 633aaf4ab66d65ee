export default async function ({ kernels, view, fact, print }) {
  const start = Uint32Array.from({ length: 32 }, (_, i) => i + 1);
  const steps = new Uint32Array(start.length);

  await kernels.collatz({ grid: 4, block: 8 }, start, steps, start.length);

  print(`27 takes ${steps[26]} steps.`);
  view.plot({ steps }, { kind: "bars", x: "start - 1" });
  fact("steps of 27", steps[26], steps[26] === 111);
}
