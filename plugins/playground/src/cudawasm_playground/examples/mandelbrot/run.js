// A frame for each turn of the loop. `kernels` are the kernels in the other tab; the inputs below are made here.
export default async function ({ kernels, view, play, pointer, slider, checkbox }) {
  const [width, height] = [640, 480];
  const limit = slider("Iterations", { min: 50, max: 600, value: 250, step: 10 });
  const zooms = checkbox("Zoom", true);
  const out = kernels.buffer(4 * width * height);
  let [re, im, zoom, before] = [-0.743644, 0.131826, 0, 0];

  for await (const time of play()) {
    if (zooms.value) zoom += time - before;
    before = time;
    const span = 3.2 * Math.exp(4.2 * (Math.cos(0.22 * zoom) - 1)); // to where floats end, and back
    if (pointer.down) [re, im] = [re - pointer.dx * span, im - pointer.dy * span * 0.75];
    const step = span / width;
    const [left, top] = [re - span / 2, im - (step * height) / 2];
    await kernels.mandelbrot(
      { grid: [width / 16, height / 16], block: [16, 16] }, out, width, height, left, top, step, limit.value,
    );
    view.image((await out.read(Float32Array)).map(Math.sqrt), width, height, { palette: "heat", low: 0, label: "The Mandelbrot set" });
  }
}
