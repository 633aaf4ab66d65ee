// The picture that programs get: one that the user drops or chooses, else one that is drawn here.
import { byId } from "./dom.js";

const MOST = 1024; // pixels of a side

/** `{ data, width, height }` of a drawn picture: a sunset over hills, with thin lines and sharp edges. */
export function defaultPicture(width = 512, height = 384) {
  const data = new Uint8ClampedArray(4 * width * height);
  const hill = (x, base, size, rate, shift) => base + size * Math.sin(rate * x + shift) + 0.4 * size * Math.sin(2.7 * rate * x);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [u, v] = [x / width, y / height];
      let colour = [255 - 130 * v, 130 + 60 * v, 90 + 120 * v];
      const sun = Math.hypot((u - 0.68) * 1.33, v - 0.4);
      if (sun < 0.13) colour = [255, 236, 180];
      else colour = colour.map((c, i) => c + Math.max(0, 0.35 - sun) * [260, 180, 40][i]);
      if (sun < 0.13 && Math.floor(v * 60) % 3 === 0 && v > 0.4) colour = [255, 150, 100];
      if (v > hill(u, 0.62, 0.07, 9, 0.4)) colour = [94, 70, 120];
      if (v > hill(u, 0.74, 0.06, 12, 2.2)) colour = [52, 44, 92];
      if (v > hill(u, 0.87, 0.05, 17, 4.1)) colour = [24, 22, 56];
      if (v < 0.25 && Math.abs((x * 13 + y * 7) % 211) < 1) colour = [255, 255, 255];
      data.set([...colour, 255], 4 * (y * width + x));
    }
  }
  return { data, width, height };
}

/** Calls `got({ data, width, height })` for pictures that the user drops or chooses, `failed(text)` for what is none. */
export function hearPictures(got, failed) {
  const stage = byId("stage");
  const take = async (file) => {
    if (!file) return;
    try {
      got(await pixels(file));
    } catch {
      failed(`${file.name} is not a picture that this browser can read`);
    }
  };
  byId("file").addEventListener("change", (event) => take(event.target.files[0]));
  for (const type of ["dragenter", "dragover"]) {
    stage.addEventListener(type, (event) => {
      event.preventDefault();
      stage.classList.add("over");
    });
  }
  stage.addEventListener("dragleave", () => stage.classList.remove("over"));
  stage.addEventListener("drop", (event) => {
    event.preventDefault();
    stage.classList.remove("over");
    take(event.dataTransfer.files[0]);
  });
}

async function pixels(file) {
  const bitmap = await createImageBitmap(file);
  const scale = Math.min(1, MOST / Math.max(bitmap.width, bitmap.height));
  const [width, height] = [bitmap.width, bitmap.height].map((size) => Math.max(1, Math.round(size * scale)));
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  context.drawImage(bitmap, 0, 0, width, height);
  return { data: context.getImageData(0, 0, width, height).data, width, height };
}
