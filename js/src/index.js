// Kernels as functions: picks a device, turns arguments into parameter bytes, moves typed arrays there and back.
import { convert, needsMemory } from "./arguments.js";
import { ArgumentError, CudaWasmError, DeviceUnavailable } from "./errors.js";

export { ArgumentError, CudaWasmError, DeviceUnavailable, LaunchError } from "./errors.js";

const FORMAT = 1;
const MOST_BLOCKS = [2 ** 31 - 1, 65535, 65535];

/**
 * Opens a package: the first of `devices` that runs here, or the one that `options.device` names.
 * `files` has the URL of each file of the package.
 */
export async function start(manifest, files, devices, options = {}) {
  if (manifest.format !== FORMAT) {
    throw new ArgumentError(`the package has format ${manifest.format}, and this runtime reads ${FORMAT}`);
  }
  const read = (name) => readFile(new URL(files[name]));
  const reasons = [];
  for (const Device of devices) {
    for (const name of Device.names) {
      if (options.device && options.device !== name && options.device !== name.split("-")[0]) continue;
      try {
        const device = await Device.open(manifest, read, { print, ...options }, name);
        return new Kernels(manifest, device, reasons);
      } catch (error) {
        if (!(error instanceof DeviceUnavailable)) throw error;
        reasons.push({ device: name, reason: error.message });
      }
    }
  }
  const said = reasons.map(({ device, reason }) => `${device}: ${reason}`).join("; ");
  throw new DeviceUnavailable(said || `the package has no device "${options.device}"`);
}

function print(text) {
  if (globalThis.process?.stdout?.write) process.stdout.write(text);
  else console.log(text.replace(/\n$/, ""));
}

async function readFile(url) {
  if (url.protocol === "file:" && globalThis.process?.versions?.node) {
    const module = "node:fs/promises"; // a name that bundlers do not follow
    return new Uint8Array(await (await import(/* @vite-ignore */ module)).readFile(url));
  }
  const response = await fetch(url);
  if (!response.ok) throw new DeviceUnavailable(`${url} cannot be read: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** Memory of the device that stays there between launches. */
export class DeviceBuffer {
  #kernels;
  #isVariable;

  constructor(kernels, memory, nbytes, isVariable = false) {
    this.#kernels = kernels;
    this.#isVariable = isVariable;
    this.memory = memory;
    this.nbytes = nbytes;
  }

  /** A pointer `offset` bytes into the buffer, to be passed to a kernel. */
  at(offset) {
    if (!Number.isInteger(offset) || offset < 0 || offset > this.nbytes) {
      throw new ArgumentError(`offset ${offset} is outside of a buffer of ${this.nbytes} bytes`);
    }
    return { memory: this.memory, offset };
  }

  /** Copies a typed array, as it is now, to the buffer, `offset` bytes into it. */
  async write(array, offset = 0) {
    const bytes = bytesOf(array);
    this.#check(offset, bytes.byteLength);
    const held = this.#kernels._isIdle ? bytes : bytes.slice();
    return this.#queued((device) => device.write(this.memory, offset, held));
  }

  /** Fills a typed array from the buffer, or makes one: `read(Float32Array)`. */
  async read(into = Uint8Array, offset = 0) {
    const array = typeof into === "function" ? new into((this.nbytes - offset) / into.BYTES_PER_ELEMENT) : into;
    this.#check(offset, array.byteLength);
    const bytes = await this.#queued((device) => device.read(this.memory, offset, array.byteLength));
    bytesOf(array).set(bytes);
    return array;
  }

  /** Gives the memory back, once what was launched before has ended. */
  async free() {
    if (this.#isVariable) throw new ArgumentError("a variable of the source cannot be freed");
    return this.#queued((device) => {
      this.#kernels._alive.delete(this.memory);
      return device.free(this.memory);
    });
  }

  #queued(work) {
    return this.#kernels._queued((device) => {
      if (!this.#kernels._alive.has(this.memory)) throw new ArgumentError("this buffer has been freed");
      return work(device);
    });
  }

  #check(offset, nbytes) {
    if (!Number.isInteger(offset) || offset < 0 || offset + nbytes > this.nbytes) {
      throw new ArgumentError(`bytes ${offset} to ${offset + nbytes} are outside of a buffer of ${this.nbytes} bytes`);
    }
  }
}

/** The functions of a package's kernels, and the device that runs them. */
class Kernels {
  #last = null;
  #pending = 0;
  #isClosed = false;

  constructor(manifest, device, reasons) {
    this._device = device;
    /** The memory of buffers that have not been freed, and of variables. */
    this._alive = new WeakSet();
    /** The device's name: "webgpu", "wasm-threads" or "wasm-simd". */
    this.device = device.name;
    /** Why the devices that come before it were not taken. */
    this.reasons = reasons;
    for (const [name, kernel] of Object.entries(manifest.kernels)) {
      this[name] = (shape, ...values) => this.#call(name, kernel, shape, values);
    }
  }

  /** A buffer with a typed array's content, or with `nbytes` zero bytes. */
  buffer(content) {
    if (this.#isClosed) throw closed();
    const bytes = typeof content === "number" ? zeros(content) : bytesOf(content);
    const memory = this._device.allocate(Math.max(1, bytes.byteLength));
    // Nobody else has this memory, so that there is nothing to wait for.
    this._device.write(memory, 0, bytes);
    this._alive.add(memory);
    return new DeviceBuffer(this, memory, bytes.byteLength);
  }

  /** A `__device__` or `__constant__` variable of the source, as a buffer. */
  variable(name) {
    if (this.#isClosed) throw closed();
    const memory = this._device.variable(name);
    this._alive.add(memory);
    return new DeviceBuffer(this, memory, memory.nbytes, true);
  }

  /** Waits for all that was launched. */
  synchronize() {
    return this._queued((device) => device.synchronize());
  }

  /** Ends the device's threads and gives all its memory back; what was asked for before is done first. */
  async close() {
    if (this.#isClosed) return undefined;
    const result = this._queued((device) => device.close());
    this.#isClosed = true;
    return result;
  }

  /** Whether nothing is under way, so that what is asked for is done at once. */
  get _isIdle() {
    return this.#pending === 0;
  }

  /** Runs `work`, which is given the device, after all that was asked for before, as one stream of CUDA does. */
  _queued(work) {
    if (this.#isClosed) return Promise.reject(closed());
    if (!this._isIdle) return this.#held(this.#last.then(() => work(this._device)));
    try {
      const result = work(this._device);
      return result instanceof Promise ? this.#held(result) : Promise.resolve(result);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #held(promise) {
    const done = () => (this.#pending -= 1);
    this.#pending += 1;
    this.#last = promise.then(done, done);
    return promise;
  }

  /** Arguments are taken as they are now, but for the content of typed arrays, which earlier calls may write to. */
  async #call(name, kernel, shape, values) {
    const launch = readShape(name, kernel, shape);
    if (values.length !== kernel.params.length) {
      const names = kernel.params.map((param) => param.name).join(", ");
      throw new ArgumentError(`${name} takes ${kernel.params.length} arguments (${names}), not ${values.length}`);
    }
    const converted = values.map((value, i) => convert(name, kernel.params[i], value));
    return this._queued(() => this.#launch(name, kernel, launch, converted));
  }

  #launch(name, kernel, launch, converted) {
    if (launch.grid.includes(0)) return undefined;
    converted.forEach((value, i) => {
      if (value?.memory) this.#checkPointer(`"${kernel.params[i].name}" of ${name}`, value);
    });
    if (converted.some(needsMemory)) return this.#launchWithCopies(name, kernel, launch, converted);
    return this._device.launch(name, launch, converted);
  }

  #checkPointer(label, { memory, offset }) {
    if (!this._alive.has(memory)) {
      throw new ArgumentError(`${label} is a buffer that has been freed, or of another package`);
    }
    if (!Number.isInteger(offset) || offset < 0 || offset > memory.nbytes) {
      throw new ArgumentError(`${label} points outside of a buffer of ${memory.nbytes} bytes`);
    }
  }

  async #launchWithCopies(name, kernel, launch, converted) {
    const device = this._device;
    const copies = copiesOf(name, kernel, converted);
    try {
      for (const copy of copies) {
        copy.memory = device.allocate(copy.bytes.byteLength || 1);
        device.write(copy.memory, 0, copy.bytes);
      }
      const given = converted.map((value) =>
        needsMemory(value) ? { memory: copies.find((copy) => copy.bytes === value.copied).memory, offset: 0 } : value,
      );
      await device.launch(name, launch, given);
      const written = copies.filter((copy) => copy.writes);
      const results = await Promise.all(written.map((copy) => device.read(copy.memory, 0, copy.bytes.byteLength)));
      written.forEach((copy, i) => copy.bytes.set(results[i]));
    } finally {
      for (const copy of copies) if (copy.memory) device.free(copy.memory);
    }
  }
}

function closed() {
  return new CudaWasmError("the package has been closed");
}

function zeros(nbytes) {
  if (!Number.isInteger(nbytes) || nbytes < 0) throw new ArgumentError(`a buffer of ${nbytes} bytes`);
  try {
    return new Uint8Array(nbytes);
  } catch {
    throw new ArgumentError(`a buffer of ${nbytes} bytes: there is not so much memory`);
  }
}

/** The arrays that a launch copies, each once; `writes` where the kernel may write to it. */
function copiesOf(name, kernel, converted) {
  const copies = [];
  converted.forEach((value, i) => {
    if (!needsMemory(value)) return;
    const found = copies.find((copy) => overlaps(copy.bytes, value.copied));
    const same = found && sameRange(found.bytes, value.copied);
    if (found && !same) {
      throw new ArgumentError(`arguments of ${name} overlap; put them into one buffer and pass pointers into it`);
    }
    if (found) {
      value.copied = found.bytes;
      found.writes ||= kernel.params[i].writes;
    } else {
      copies.push({ bytes: value.copied, writes: kernel.params[i].writes });
    }
  });
  return copies;
}

function overlaps(a, b) {
  const [aEnd, bEnd] = [a.byteOffset + a.byteLength, b.byteOffset + b.byteLength];
  return a.buffer === b.buffer && a.byteOffset < bEnd && b.byteOffset < aEnd;
}

function sameRange(a, b) {
  return a.byteOffset === b.byteOffset && a.byteLength === b.byteLength;
}

function bytesOf(array) {
  if (array instanceof Uint8Array) return array;
  if (ArrayBuffer.isView(array)) return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  if (/^\[object (Shared)?ArrayBuffer\]$/.test(Object.prototype.toString.call(array))) return new Uint8Array(array);
  throw new ArgumentError(`a buffer's content is a typed array or an ArrayBuffer, not ${typeof array}`);
}

/** `{ grid, block, shared }` with all extents; a block shape that was not exported is refused. */
function readShape(name, kernel, { grid, block, shared = 0 } = {}) {
  const launch = { grid: extents("grid", grid), block: extents("block", block ?? kernel.blocks[0]), shared };
  const [x, y, z] = launch.block;
  if (!kernel.blocks.some((found) => found[0] === x && found[1] === y && found[2] === z)) {
    const known = kernel.blocks.map((found) => found.join("x")).join(", ");
    throw new ArgumentError(
      `${name} was exported for blocks of ${known}; export it with --block ${name}=${x}x${y}x${z} too`,
    );
  }
  if (!Number.isInteger(shared) || shared < 0) throw new ArgumentError(`shared memory of ${shared} bytes`);
  return launch;
}

function extents(what, given) {
  const list = typeof given === "number" ? [given] : [...(given ?? [])];
  const ok = list.length >= 1 && list.length <= 3 && list.every((extent) => Number.isInteger(extent) && extent >= 0);
  if (!ok) throw new ArgumentError(`${what} must be one to three whole numbers, not ${JSON.stringify(given)}`);
  if (list.some((extent, i) => extent > MOST_BLOCKS[i])) {
    throw new ArgumentError(`a ${what} of ${list.join(" x ")} is larger than CUDA's, ${MOST_BLOCKS.join(" x ")}`);
  }
  return [list[0], list[1] ?? 1, list[2] ?? 1];
}
