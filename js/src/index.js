// Kernels as functions: picks a device, turns arguments into parameter bytes, moves typed arrays there and back.
import { convert, needsMemory } from "./arguments.js";
import { ArgumentError, DeviceUnavailable } from "./errors.js";

export { ArgumentError, CudaWasmError, DeviceUnavailable, LaunchError } from "./errors.js";

const FORMAT = 1;

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

  constructor(kernels, memory, nbytes) {
    this.#kernels = kernels;
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
  write(array, offset = 0) {
    this.#check(offset, array.byteLength);
    const bytes = this.#kernels._isIdle ? bytesOf(array) : bytesOf(array).slice();
    return this.#kernels._queued(() => this.#kernels._device.write(this.memory, offset, bytes));
  }

  /** Fills a typed array from the buffer, or makes one: `read(Float32Array)`. */
  async read(into = Uint8Array, offset = 0) {
    const array = typeof into === "function" ? new into((this.nbytes - offset) / into.BYTES_PER_ELEMENT) : into;
    this.#check(offset, array.byteLength);
    const device = this.#kernels._device;
    const bytes = await this.#kernels._queued(() => device.read(this.memory, offset, array.byteLength));
    bytesOf(array).set(bytes);
    return array;
  }

  /** Gives the memory back, once what was launched before has ended. */
  free() {
    return this.#kernels._queued(() => this.#kernels._device.free(this.memory));
  }

  #check(offset, nbytes) {
    if (offset < 0 || offset + nbytes > this.nbytes) {
      throw new ArgumentError(`bytes ${offset} to ${offset + nbytes} are outside of a buffer of ${this.nbytes} bytes`);
    }
  }
}

/** The functions of a package's kernels, and the device that runs them. */
class Kernels {
  #last = null;
  #pending = 0;

  constructor(manifest, device, reasons) {
    this._device = device;
    /** The device's name: "webgpu", "wasm-threads" or "wasm-simd". */
    this.device = device.name;
    /** Why the devices that come before it were not taken. */
    this.reasons = reasons;
    for (const [name, kernel] of Object.entries(manifest.kernels)) {
      this[name] = (shape, ...values) => this.#called(name, kernel, shape, values);
    }
  }

  /** A buffer with a typed array's content, or with `nbytes` zero bytes. */
  buffer(content) {
    const nbytes = typeof content === "number" ? content : content.byteLength;
    const memory = this._device.allocate(Math.max(1, nbytes));
    const buffer = new DeviceBuffer(this, memory, nbytes);
    buffer.write(typeof content === "number" ? new Uint8Array(nbytes) : content);
    return buffer;
  }

  /** A `__device__` or `__constant__` variable of the source, as a buffer. */
  variable(name) {
    const memory = this._device.variable(name);
    return new DeviceBuffer(this, memory, memory.nbytes);
  }

  /** Waits for all that was launched. */
  synchronize() {
    return this._queued(() => this._device.synchronize());
  }

  /** Ends the device's threads and gives all its memory back. */
  close() {
    return this._queued(() => this._device.close());
  }

  /** Whether nothing is under way, so that what is asked for is done at once. */
  get _isIdle() {
    return this.#pending === 0;
  }

  /** A promise of what `work` gives, which runs after all that was asked for before, as in one stream of CUDA. */
  _queued(work) {
    if (!this._isIdle) return this.#held(this.#last.then(work));
    try {
      const result = work();
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

  #called(name, kernel, shape, values) {
    try {
      const launch = readShape(name, kernel, shape);
      const converted = convertAll(name, kernel, values);
      if (launch.grid.includes(0)) return this._queued(() => undefined);
      return this._queued(() =>
        converted.some(needsMemory)
          ? this.#launchWithCopies(name, kernel, launch, converted)
          : this._device.launch(name, launch, converted),
      );
    } catch (error) {
      return Promise.reject(error);
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

function convertAll(name, kernel, values) {
  if (values.length !== kernel.params.length) {
    const names = kernel.params.map((param) => param.name).join(", ");
    throw new ArgumentError(`${name} takes ${kernel.params.length} arguments (${names}), not ${values.length}`);
  }
  return values.map((value, i) => convert(name, kernel.params[i], value));
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
  return ArrayBuffer.isView(array)
    ? new Uint8Array(array.buffer, array.byteOffset, array.byteLength)
    : new Uint8Array(array);
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
  return [list[0], list[1] ?? 1, list[2] ?? 1];
}
