// Numbers as colours.

const PALETTES = {
  viridis: [[68, 1, 84], [72, 40, 120], [62, 74, 137], [49, 104, 142], [38, 130, 142], [31, 158, 137], [53, 183, 121], [110, 206, 88], [181, 222, 43], [253, 231, 37]],
  heat: [[0, 0, 0], [70, 8, 92], [150, 20, 90], [215, 60, 50], [248, 140, 30], [252, 215, 90], [255, 255, 240]],
  ocean: [[4, 8, 32], [10, 40, 90], [20, 100, 150], [70, 170, 190], [190, 230, 220], [255, 255, 255]],
  signed: [[40, 90, 190], [150, 190, 235], [245, 245, 245], [240, 170, 140], [190, 50, 50]],
  grey: [[0, 0, 0], [255, 255, 255]],
};
const STEPS = 1024;
const tables = new Map();

function table(name) {
  if (!tables.has(name)) {
    const stops = PALETTES[name];
    if (!stops) throw new Error(`no palette "${name}"; there are ${Object.keys(PALETTES).join(", ")}`);
    const colours = new Uint32Array(STEPS);
    const bytes = new Uint8Array(colours.buffer);
    for (let i = 0; i < STEPS; i++) {
      const place = (i / (STEPS - 1)) * (stops.length - 1);
      const at = Math.min(stops.length - 2, Math.floor(place));
      for (let c = 0; c < 3; c++) bytes[4 * i + c] = stops[at][c] + (place - at) * (stops[at + 1][c] - stops[at][c]);
      bytes[4 * i + 3] = 255;
    }
    tables.set(name, colours);
  }
  return tables.get(name);
}

/** RGBA bytes of an array of `width * height` numbers, or of RGBA bytes as they are. */
export function coloured(values, width, height, { palette = "viridis", low, high } = {}) {
  const count = width * height;
  if (values.length === 4 * count && values.BYTES_PER_ELEMENT === 1) return new Uint8ClampedArray(values);
  if (values.length !== count) {
    throw new Error(`a picture of ${width} x ${height} needs ${count} numbers or ${4 * count} bytes, not ${values.length}`);
  }
  let [least, most] = [low, high];
  if (least === undefined || most === undefined) {
    const [a, b] = range(values);
    least ??= a;
    most ??= b;
  }
  const colours = table(palette);
  const out = new Uint32Array(count);
  const scale = (STEPS - 1) / (most - least || 1);
  for (let i = 0; i < count; i++) out[i] = colours[Math.max(0, Math.min(STEPS - 1, (values[i] - least) * scale)) | 0];
  return new Uint8ClampedArray(out.buffer);
}

/** Least and greatest of the finite numbers. */
export function range(values) {
  let [least, most] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return least <= most ? [Number(least), Number(most)] : [0, 1];
}
