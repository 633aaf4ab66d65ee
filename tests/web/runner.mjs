// Runs calls of a package, here or in a page: arguments and results are JSON, with arrays as base64.

const toBytes = (text) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));

function toText(bytes) {
  let text = "";
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(text);
}

function argument({ array, data, bytes, big, value }) {
  if (array) return new globalThis[array](toBytes(data).buffer);
  if (bytes) return toBytes(bytes);
  return big ? BigInt(big) : value;
}

/** { device, results: [[base64 of each array argument, null for others] for each call] } */
export async function runCalls(load, calls, options) {
  const kernels = await load(options);
  const results = [];
  for (const { kernel, grid, block, shared, args } of calls) {
    const values = args.map(argument);
    await kernels[kernel]({ grid, block, shared }, ...values);
    results.push(values.map((value, i) => (args[i].array ? toText(new Uint8Array(value.buffer)) : null)));
  }
  await kernels.synchronize();
  const made = (await kernels.variable("calls").read(Uint32Array))[0];
  const { device, reasons } = kernels;
  const level = kernels._device.level;
  await kernels.close();
  return { device, level, reasons, results, made };
}

/** Microseconds that one launch of so many takes in the mean, on a buffer that stays. */
export async function timeLaunches(load, options, count) {
  const kernels = await load(options);
  const [x, y] = [kernels.buffer(new Float32Array(256)), kernels.buffer(new Float32Array(256))];
  const shape = { grid: 1, block: 256 };
  for (let i = 0; i < 2000; i++) await kernels.saxpy(shape, 2, x, y, 256);
  const start = performance.now();
  for (let i = 0; i < count; i++) await kernels.saxpy(shape, 2, x, y, 256);
  const each = ((performance.now() - start) * 1000) / count;
  await kernels.close();
  return each;
}
