// The device on WebAssembly: one linear memory, and workers that draw blocks where the page may have threads.
import { ArgumentError, DeviceUnavailable, LaunchError } from "./errors.js";
import { FreeList } from "./free_list.js";
import { LAST_WORDS, printed, stopped } from "./records.js";
import { instance } from "./wasm_instance.js";
import { Workers } from "./workers.js";

const PAGE = 65536;
const MOST_PAGES = [65536, 32768, 16384, 4096]; // browsers differ in what they reserve for a shared memory
const STEP = 256; // pages by which memory grows at least
const MARGIN = 4096; // lanes that are not active read past the ends of arrays
const ALIGN = 256;
const WATCHED = 256; // bytes at address 0 that are looked at after launches
const SHARED_OF_BATCH = 1 << 17; // shared memory that the blocks of a batch may have together
const MOST_SHARED = 1 << 20; // shared memory of a block
const SMALL = 1_000_000; // launches of less estimated work than this are done before a worker would wake
const PRINT_WORDS = 1 << 20;
const RECORD_WORDS = 8;
const PROBE = "rounds once";

export class WasmDevice {
  static names = ["wasm-threads", "wasm-simd"];

  static async open(manifest, read, options, name) {
    const threads = name === "wasm-threads";
    const count = threads ? threadCount(options) : 0;
    const { level, facts, module, memory } = await bestLevel(manifest.wasm.levels, read, threads, Math.max(1, count));
    const workers = count ? await Workers.start(count, module, memory, (i) => stackTop(facts, i)) : null;
    return new WasmDevice(name, level, manifest, facts, module, memory, workers, options.print);
  }

  constructor(name, level, manifest, facts, module, memory, workers, print) {
    this.name = name;
    this.level = level;
    this.memory = memory;
    this.workers = workers;
    this.print = print;
    this.kernels = manifest.wasm.kernels;
    this.described = manifest.kernels;
    this.layout = manifest.wasm.job; // where the compiled code looks for the parts of a launch
    this.own = instance(module, memory, stackTop(facts, 0));
    const start = stackTop(facts, Math.max(1, workers?.count ?? 1) - 1);
    this.end = memory.buffer.byteLength - MARGIN;
    this.heap = new FreeList(start, this.end - start);
    this.arena = { address: 0, nbytes: 0 };
    this.variables = allocateVariables(this, manifest.globals);
    this.jobs = new Map();
  }

  allocate(nbytes) {
    const size = Math.ceil(Math.max(1, nbytes) / ALIGN) * ALIGN;
    let address = this.heap.take(size);
    if (address === null) {
      this.#grow(size);
      address = this.heap.take(size);
    }
    return { address, nbytes, size };
  }

  #grow(nbytes) {
    const pages = Math.max(STEP, Math.ceil(nbytes / PAGE));
    try {
      this.memory.grow(pages);
    } catch {
      throw new ArgumentError(`${nbytes} bytes of device memory: WebAssembly has no more`);
    }
    this.heap.giveBack(this.end, pages * PAGE);
    this.end += pages * PAGE;
  }

  free(memory) {
    this.heap.giveBack(memory.address, memory.size);
  }

  write(memory, offset, bytes) {
    new Uint8Array(this.memory.buffer).set(bytes, memory.address + offset);
  }

  async read(memory, offset, nbytes) {
    const start = memory.address + offset;
    return new Uint8Array(this.memory.buffer).slice(start, start + nbytes);
  }

  variable(name) {
    const found = this.variables.get(name);
    if (!found) throw new ArgumentError(`the package has no variable "${name}"`);
    return found;
  }

  synchronize() {}

  async close() {
    this.workers?.close();
    this.memory = this.own = null;
  }

  /** Runs a kernel; a small launch ends before this returns. */
  launch(name, shape, values) {
    const facts = this.kernels[name];
    if (!facts) throw new DeviceUnavailable(`${name} does not run on WebAssembly`);
    const special = facts.blocks[shape.block.join("x")];
    const shared = special.static_shared + shape.shared;
    if (shared > MOST_SHARED) {
      throw new ArgumentError(`${name} with ${shared} bytes of shared memory; WebAssembly gives a block ${MOST_SHARED}`);
    }
    const reports = facts.sites[0].length + facts.sites[1].length > 0;
    if (reports) this.#clearRecords();
    const job = this.#job(name, facts);
    const work = shape.grid[0] * shape.grid[1] * shape.grid[2];
    const isLarge = work > 1 && work * shape.block[0] * shape.block[1] * shape.block[2] * special.cost >= SMALL;
    const workers = this.workers && isLarge ? this.workers.count : 1;
    this.#fillJob(job, special, shape, work, workers);
    this.#fillParameters(job, facts, this.described[name].params, values);
    if (workers > 1) {
      return this.workers.run(special.export, job.address).then((error) => this.#ended(name, facts, reports, error));
    }
    let error = null;
    try {
      this.own.run(special.export, job.address, 0);
    } catch (thrown) {
      error = thrown;
    }
    return this.#ended(name, facts, reports, error);
  }

  #ended(name, facts, reports, error) {
    error ??= this.#nullError();
    if (error) throw new LaunchError(`${this.described[name].at}: ${error.message ?? error}; kernel ${name}`);
    if (reports) this.#report(name, facts.sites);
  }

  /** Where something was stored near address 0, which is memory as any other to WebAssembly. */
  #nullError() {
    const watched = new Uint32Array(this.memory.buffer, 0, WATCHED / 4);
    if (watched.every((word) => word === 0)) return null;
    watched.fill(0);
    return new Error("a store through a null pointer");
  }

  /** Memory for the job, the addresses of variables and the parameters of a kernel, which its launches share. */
  #job(name, facts) {
    let job = this.jobs.get(name);
    if (!job) {
      const params = this.layout.bytes + 8 * facts.globals.length;
      job = this.allocate(params + Math.ceil(facts.params / 8) * 8 + 16 + 128);
      job.params = job.address + params;
      const view = new DataView(this.memory.buffer);
      facts.globals.forEach((global, i) => {
        view.setUint32(job.address + this.layout.bytes + 8 * i, this.variable(global).address, true);
      });
      this.jobs.set(name, job);
    }
    return job;
  }

  #fillJob(job, special, shape, blocks, workers) {
    const shared = (special.static_shared + shape.shared + 127) & ~63;
    const batch = Math.max(1, Math.min(special.batch, Math.floor(SHARED_OF_BATCH / shared)));
    const storage = batch * shared;
    const stride = (storage + special.storage + 255) & ~63;
    const arenas = this.#arena(workers * stride);
    const { layout } = this;
    const view = new DataView(this.memory.buffer, job.address, layout.bytes);
    shape.grid.forEach((extent, i) => view.setUint32(layout.grid + 4 * i, extent, true));
    view.setUint32(layout.dynamic, shape.shared, true);
    const chunk = workers === 1 ? blocks : Math.max(1, Math.min(Math.floor(blocks / (8 * workers)), 1024));
    const words = { params: job.params, globals: job.address + layout.bytes, storage, shared, arenas, stride, batch,
      total: blocks, chunk, next: 0 };
    for (const name in words) setUint53(view, layout[name], words[name]);
  }

  #fillParameters(job, facts, described, values) {
    const params = new DataView(this.memory.buffer, job.params, Math.ceil(facts.params / 8) * 8 + 16);
    const bytes = new Uint8Array(params.buffer, params.byteOffset);
    values.forEach((value, i) => {
      const { offset } = described[i];
      if (value instanceof Uint8Array) bytes.set(value, offset);
      else params.setUint32(offset, value === null ? 0 : value.memory.address + value.offset, true);
    });
    let hidden = Math.ceil(facts.params / 8) * 8;
    for (const [sites, record] of [[facts.sites[0], "printed"], [facts.sites[1], "stopped"]]) {
      if (!sites.length) continue;
      params.setUint32(hidden, this[record].address, true);
      hidden += 8;
    }
  }

  #arena(nbytes) {
    if (nbytes > this.arena.nbytes) {
      if (this.arena.nbytes) this.free(this.arena);
      this.arena = { address: 0, nbytes: 0 }; // there may be no room for a larger one
      this.arena = this.allocate(nbytes);
    }
    return this.arena.address;
  }

  #clearRecords() {
    this.printed ??= this.allocate(4 * (2 + PRINT_WORDS));
    this.stopped ??= this.allocate(4 * RECORD_WORDS);
    const words = new Uint32Array(this.memory.buffer, this.printed.address, 2 + PRINT_WORDS);
    words.set([0, PRINT_WORDS]);
    words.fill(-1, words.length - LAST_WORDS);
    new Uint32Array(this.memory.buffer, this.stopped.address, RECORD_WORDS).fill(0);
  }

  #report(name, [prints, traps]) {
    const wanted = new Uint32Array(this.memory.buffer, this.printed.address, 1)[0];
    if (wanted) {
      const words = new Uint32Array(this.memory.buffer, this.printed.address + 8, Math.min(wanted, PRINT_WORDS));
      this.print(printed(prints, words.slice()));
      if (wanted > PRINT_WORDS) console.warn(`${name} printed more than the buffer holds; the rest is lost`);
    }
    const record = new Uint32Array(this.memory.buffer, this.stopped.address, RECORD_WORDS);
    const message = stopped(traps, record.slice(), name);
    if (message) throw new LaunchError(message);
  }
}

function stackTop(facts, worker) {
  return Math.ceil(facts.data_end / PAGE) * PAGE + (worker + 1) * facts.stack;
}

function setUint53(view, offset, value) {
  view.setUint32(offset, value >>> 0, true);
  view.setUint32(offset + 4, Math.floor(value / 2 ** 32), true);
}

/** The best level of the package that this engine takes, with its module and a memory for it. */
async function bestLevel(levels, read, threads, workers) {
  let problem = "no kernel of the package runs there";
  for (const level of threads ? ["relaxed-threads", "threads"] : ["relaxed", "simd"]) {
    const facts = levels[level];
    if (!facts) continue;
    try {
      const module = await WebAssembly.compile(await read(facts.file));
      const memory = linearMemory(threads, facts, workers);
      // A relaxed multiply-add rounds once on some processors only; elsewhere it is none.
      if (!level.startsWith("relaxed") || instance(module, memory, stackTop(facts, 0)).run(PROBE)) {
        return { level, facts, module, memory };
      }
    } catch (error) {
      if (!(error instanceof WebAssembly.CompileError)) throw error;
      problem = `WebAssembly with SIMD is missing: ${error.message}`;
    }
  }
  throw new DeviceUnavailable(problem);
}

/** How many workers there should be. Throws DeviceUnavailable where threads cannot share memory. */
function threadCount(options) {
  if (typeof SharedArrayBuffer === "undefined" || globalThis.crossOriginIsolated === false) {
    throw new DeviceUnavailable(
      "threads need a page that is isolated, by the headers Cross-Origin-Opener-Policy: same-origin and " +
        "Cross-Origin-Embedder-Policy: require-corp",
    );
  }
  const count = options.threads ?? globalThis.navigator?.hardwareConcurrency ?? 4;
  if (!Number.isInteger(count) || count < 1) throw new ArgumentError(`threads must be a whole number, not ${count}`);
  if (count < 2) throw new DeviceUnavailable("one thread alone needs no threads");
  return Math.min(count, 64);
}

function linearMemory(shared, facts, workers) {
  const initial = Math.ceil((stackTop(facts, workers - 1) + MARGIN) / PAGE) + STEP;
  for (const maximum of MOST_PAGES) {
    try {
      return new WebAssembly.Memory({ initial, maximum, shared });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  }
  throw new DeviceUnavailable("there is no room for a WebAssembly memory");
}

function allocateVariables(device, globals) {
  return new Map(
    Object.entries(globals).map(([name, { size, init }]) => {
      const memory = device.allocate(size);
      const bytes = new Uint8Array(size);
      if (init) bytes.set(Uint8Array.from(atob(init), (char) => char.charCodeAt(0)));
      device.write(memory, 0, bytes);
      return [name, memory];
    }),
  );
}
