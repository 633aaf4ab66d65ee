// What the tests' page does for Python: it holds one device, to which kernels are added as they are launched.
import { WebGpuDevice } from "/js/webgpu.js";

const memories = new Map();
const files = new Map();
let device;
let said = "";

const fromBase64 = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

function toBase64(bytes) {
  let text = "";
  for (let i = 0; i < bytes.length; i += 32768) text += String.fromCharCode(...bytes.subarray(i, i + 32768));
  return btoa(text);
}

async function settled(action) {
  try {
    return { value: await action() };
  } catch (error) {
    return { error: error.name, message: error.message, stack: String(error.stack) };
  }
}

const calls = {
  async open() {
    const manifest = { kernels: {}, globals: {}, webgpu: { limits: {}, heap: false, kernels: {} } };
    const read = async (name) => files.get(name);
    device = await WebGpuDevice.open(manifest, read, { software: true, print: (text) => (said += text) });
    return device.known;
  },
  allocate(nbytes) {
    const memory = device.allocate(nbytes);
    const address = String(memory.address);
    memories.set(address, memory);
    return address;
  },
  free(address) {
    device.free(memories.get(address));
    memories.delete(address);
  },
  write(address, offset, bytes) {
    device.write(memories.get(address), offset, fromBase64(bytes));
  },
  async read(address, offset, nbytes) {
    return toBase64(await device.read(memories.get(address), offset, nbytes));
  },
  add(name, kernel, facts, texts, globals) {
    for (const [file, text] of Object.entries(texts)) files.set(file, new TextEncoder().encode(text));
    device.manifest.kernels[name] = kernel;
    device.manifest.webgpu.kernels[name] = facts;
    for (const [variable, address] of Object.entries(globals)) device.globals.set(variable, memories.get(address));
  },
  async launch(name, shape, values) {
    await device.launch(name, shape, values.map(fromBase64));
    const text = said;
    said = "";
    return text;
  },
  /** Launch several times without waiting, and write to memory before the last time; then read it. */
  async burst(name, shape, values, count, address, bytes) {
    const given = values.map(fromBase64);
    const memory = memories.get(address);
    for (let i = 1; i < count; i++) device.launch(name, shape, given);
    device.write(memory, 0, fromBase64(bytes));
    device.launch(name, shape, given);
    return toBase64(await device.read(memory, 0, memory.nbytes));
  },
  /** Open a device for a whole package, and launch a kernel of it on one array; what is then in the array. */
  async package(manifest, texts, name, shape, bytes, options) {
    const read = async (file) => new TextEncoder().encode(texts[file]);
    const opened = await WebGpuDevice.open(manifest, read, options);
    const memory = opened.allocate(fromBase64(bytes).length);
    opened.write(memory, 0, fromBase64(bytes));
    await opened.launch(name, shape, [{ memory, offset: 0 }]);
    const found = await opened.read(memory, 0, memory.nbytes);
    opened.close();
    return toBase64(found);
  },
  /** Microseconds a launch takes that others follow, and one that is waited for. */
  async latency(name, shape, values, count) {
    const given = values.map(fromBase64);
    const [first] = memories.values();
    await device.launch(name, shape, given);
    await device.read(first, 0, 4);
    let start = performance.now();
    for (let i = 0; i < count; i++) device.launch(name, shape, given);
    const queued = performance.now() - start;
    await device.read(first, 0, 4);
    const all = performance.now() - start;
    start = performance.now();
    for (let i = 0; i < count; i++) {
      device.launch(name, shape, given);
      await device.read(first, 0, 4);
    }
    return [queued, all, performance.now() - start].map((ms) => (1000 * ms) / count);
  },
};

globalThis.call = (name, ...args) => settled(() => calls[name](...args));
