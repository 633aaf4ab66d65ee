/** The device on WebGPU: the WGSL of a package, launched. */
import { ArgumentError, CudaWasmError, DeviceUnavailable, LaunchError } from "./errors.js";
import { printed, stopped } from "./records.js";
import { Launches } from "./webgpu_launches.js";
import { probe } from "./webgpu_probe.js";
import { Memory, Part, storage } from "./webgpu_memory.js";

const PRINTED_WORDS = 1 << 18; // 1 MB, as CUDA has
const HEADER_BYTES = 8;
const RECORD_BYTES = 32;
const FIRST_BYTES = 4096; // of what was printed, which are read with the count
const MOST_BLOCKS = 65535;
const MOST_GROUPS = 256;
const NULL = 0xffffffff;
const WANTED = [
  "maxStorageBuffersPerShaderStage", "maxStorageBufferBindingSize", "maxBufferSize", "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup", "maxComputeWorkgroupSizeX", "maxComputeWorkgroupSizeY", "maxComputeWorkgroupSizeZ",
];
const EDIT = `
struct Edit { at: u32, mask: u32, bits: u32 }
@group(0) @binding(0) var<uniform> edit: Edit;
@group(0) @binding(1) var<storage, read_write> words: array<u32>;
@compute @workgroup_size(1) fn main() { words[edit.at] = (words[edit.at] & ~edit.mask) | edit.bits; }`;

export class WebGpuDevice {
  static names = ["webgpu"];
  name = "webgpu";
  #last = null;
  #problem = null;

  /** `options.print` takes what kernels print, `options.powerPreference` goes to the browser. */
  static async open(manifest, files, options = {}) {
    const gpu = options.gpu ?? globalThis.navigator?.gpu;
    if (!gpu) throw new DeviceUnavailable("this browser has no WebGPU, or the page is not served by https");
    const { powerPreference = "high-performance" } = options;
    const adapter = await gpu.requestAdapter({ powerPreference });
    if (!adapter) throw new DeviceUnavailable("WebGPU finds no GPU here");
    for (const [name, least] of Object.entries(manifest.webgpu.limits)) {
      if (adapter.limits[name] < least) {
        throw new DeviceUnavailable(`the kernels need ${name} of ${least}, and this GPU has ${adapter.limits[name]}`);
      }
    }
    const requiredLimits = Object.fromEntries(WANTED.map((name) => [name, adapter.limits[name]]));
    let device;
    try {
      device = await adapter.requestDevice({ requiredLimits });
    } catch (error) {
      throw new DeviceUnavailable(`WebGPU gives no device: ${error.message}`);
    }
    return new WebGpuDevice(device, manifest, files, { ...options, known: await probe(device) });
  }

  /** @hideconstructor */
  constructor(device, manifest, files, options) {
    this.device = device;
    this.manifest = manifest;
    this.files = files;
    this.known = options.known;
    this.print = options.print ?? ((text) => console.log(text.replace(/\n$/, "")));
    this.launches = new Launches(device);
    this.memory = new Memory(device, this.launches);
    this.kernels = new Map();
    this.globals = new Map();
    this.staging = [];
    device.addEventListener("uncapturederror", (event) => {
      this.#problem ??= new CudaWasmError(`WebGPU says: ${event.error.message}`);
    });
    device.lost.then(({ reason, message }) => {
      this.#problem = new CudaWasmError(`the GPU is gone (${reason}): ${message}`);
    });
    for (const [name, { size, init }] of Object.entries(manifest.globals ?? {})) {
      this.globals.set(name, this.allocate(size));
      if (init) this.write(this.globals.get(name), 0, Uint8Array.from(atob(init), (c) => c.charCodeAt(0)));
    }
  }

  // --- order: what is asked for happens in the order of the calls, though a program may have to be made first ---

  /** Run `action` after what is under way; what follows waits for the promise that it may return. */
  #inOrder(action) {
    if (this.#last) return this.#held(this.#last.then(action, action));
    const result = action();
    return result instanceof Promise ? this.#held(result) : result;
  }

  #held(promise) {
    const done = () => {
      if (this.#last === promise) this.#last = null;
    };
    this.#last = promise;
    promise.then(done, done);
    return promise;
  }

  #check() {
    if (!this.#problem) return;
    const problem = this.#problem;
    if (!/is gone/.test(problem.message)) this.#problem = null;
    throw problem;
  }

  // --- memory ---

  allocate(nbytes) {
    this.#check();
    return this.memory.allocate(nbytes);
  }

  free(memory) {
    this.#inOrder(() => this.memory.free(memory));
  }

  write(memory, offset, bytes) {
    inside(memory, offset, bytes.length);
    if (bytes.length === 0) return;
    const held = this.#last ? bytes.slice() : bytes;
    this.#inOrder(() => this.#write(memory, offset, held));
  }

  /** The queue writes words; of what is left over of the first and the last, other bytes are kept. */
  #write(memory, offset, bytes) {
    this.launches.submit();
    const { buffer } = memory.arena;
    const start = memory.start + offset;
    const end = start + bytes.length;
    const from = Math.min(end, Math.ceil(start / 4) * 4);
    const isLast = offset + bytes.length === memory.nbytes;
    const to = Math.max(from, Math.floor(end / 4) * 4);
    if (start < from) this.#edit(memory, start, bytes.subarray(0, from - start));
    if (from < to) this.device.queue.writeBuffer(buffer, from, bytes, from - start, to - from);
    if (to === end) return;
    const rest = bytes.subarray(to - start);
    if (!isLast) this.#edit(memory, to, rest);
    else this.device.queue.writeBuffer(buffer, to, Uint8Array.of(...rest, ...[0, 0, 0].slice(rest.length - 1)));
  }

  /** Replace some bytes of a word. */
  #edit(memory, at, bytes) {
    this.editing ??= this.#layout([{ params: [] }], true);
    this.editing.pipeline ??= this.device.createComputePipeline({
      layout: this.editing.pipelines,
      compute: { module: this.device.createShaderModule({ code: EDIT }) },
    });
    const word = Math.floor(at / 4);
    const mask = new Uint8Array(4).fill(255, at % 4, (at % 4) + bytes.length);
    const bits = new Uint8Array(4);
    bits.set(bytes, at % 4);
    const numbers = new Uint8Array(16);
    const first = Math.floor(memory.start / 4);
    numbers.set(new Uint8Array(Uint32Array.of(word - first).buffer), 0);
    numbers.set(mask, 4);
    numbers.set(bits, 8);
    const bound = [{ buffer: memory.arena.buffer, offset: memory.start, size: memory.size }];
    this.launches.add(this.editing.pipeline, this.#group(this.editing.bindings, bound, 16), numbers, [1, 1, 1]);
    this.launches.submit();
  }

  async read(memory, offset, nbytes) {
    inside(memory, offset, nbytes);
    const first = (memory.start + offset) % 4;
    const size = Math.ceil((first + nbytes) / 4) * 4;
    const staging = await this.#inOrder(() => {
      this.#check();
      this.launches.rest();
      const taken = this.#stage(size);
      this.#copied(memory.arena.buffer, memory.start + offset - first, taken, 0, size);
      return taken;
    });
    const bytes = await this.#mapped(staging, 0, size, true);
    return bytes.subarray(first, first + nbytes);
  }

  #copied(from, start, to, at, size) {
    const encoder = this.device.createCommandEncoder();
    encoder.copyBufferToBuffer(from, start, to, at, size);
    this.device.queue.submit([encoder.finish()]);
  }

  /** A buffer that can be mapped, perhaps one that was used before. */
  #stage(size) {
    const at = this.staging.findIndex((buffer) => buffer.size >= size && buffer.size <= 4 * size + 65536);
    if (at >= 0) return this.staging.splice(at, 1)[0];
    const { MAP_READ, COPY_DST } = GPUBufferUsage;
    return this.device.createBuffer({ size: Math.max(size, 4096), usage: MAP_READ | COPY_DST });
  }

  /** Bytes of a staging buffer, which goes back with `isDone`. */
  async #mapped(staging, start, size, isDone) {
    try {
      await staging.mapAsync(GPUMapMode.READ, start, size);
    } catch (error) {
      this.#check();
      throw new CudaWasmError(`WebGPU says: ${error.message}`);
    }
    const bytes = new Uint8Array(staging.getMappedRange(start, size).slice(0));
    staging.unmap();
    if (isDone && this.staging.length < 4) this.staging.push(staging);
    else if (isDone) staging.destroy();
    this.#check();
    return bytes;
  }

  // --- launches ---

  async launch(name, shape, values) {
    const kernel = this.#kernel(name);
    this.#checkShape(kernel, shape);
    const block = parameterBlock(kernel, values);
    const report = await this.#inOrder(() => {
      this.#check();
      const given = this.#given(kernel, block);
      const program = this.#program(kernel, given);
      const pipeline = this.#pipeline(kernel, program, shape);
      const run = (made) => this.#run(kernel, program, made, shape, given, block);
      return pipeline instanceof Promise ? pipeline.then(run) : run(pipeline);
    });
    if (report) await this.#report(kernel, report);
  }

  #kernel(name) {
    if (!this.kernels.has(name)) {
      const facts = this.manifest.webgpu.kernels[name];
      if (!facts) throw new ArgumentError(`${name} is no kernel of this package that runs on WebGPU`);
      const { params, size } = this.manifest.kernels[name];
      const programs = facts.programs.map((program) => ({ ...program, pipelines: new Map(), groups: new Map() }));
      this.kernels.set(name, { ...facts, name, given: params, size, programs, copies: new Map() });
    }
    return this.kernels.get(name);
  }

  #checkShape(kernel, { grid, block, shared = 0 }) {
    const { limits } = this.device;
    const threads = block[0] * block[1] * block[2];
    const most = limits.maxComputeInvocationsPerWorkgroup;
    if (threads > most) throw new ArgumentError(`a block of ${threads} threads; this GPU's browser takes ${most}`);
    if (block.some((n, i) => !(n >= 1 && n <= limits[`maxComputeWorkgroupSize${"XYZ"[i]}`]))) {
      throw new ArgumentError(`a block of ${block.join(" x ")} threads, which this GPU's browser does not take`);
    }
    if (kernel.shared + shared > limits.maxComputeWorkgroupStorageSize) {
      throw new ArgumentError(
        `${kernel.name} with ${kernel.shared + shared} bytes of shared memory; this GPU's browser gives a block ` +
          `${limits.maxComputeWorkgroupStorageSize}`,
      );
    }
    const blocks = grid[0] * grid[1] * grid[2];
    if (!(blocks >= 1 && blocks < 2 ** 32)) throw new ArgumentError(`a grid of ${grid.join(" x ")} blocks`);
  }

  /** For each pointer of the kernel's programs, by name: `{ part, low }`, or null. */
  #given(kernel, block) {
    const given = new Map();
    for (const param of kernel.params) {
      const { name, kind } = param;
      if (kind === "number") continue;
      if (kind === "pointer") given.set(name, this.#found(kernel, name, block.getUint32(param.offset + 4, true), block.getUint32(param.offset, true)));
      else if (kind === "global") given.set(name, { part: this.globals.get(param.global), low: this.globals.get(param.global).start });
      else given.set(name, { part: this.#own(kernel, param), low: 0 });
    }
    return given;
  }

  #found(kernel, name, high, low) {
    if (high === 0 && low === 0) return null;
    const part = this.memory.find(high, low);
    if (!part && !kernel.heap) throw new ArgumentError(`"${name}" of ${kernel.name} points to no memory of this device`);
    return { part, low };
  }

  /** A buffer of the device's own, to which no pointer of a program points. */
  #own(kernel, { name, kind, size }) {
    const [buffers, key, nbytes] =
      kind === "copy" ? [kernel.copies, name, size]
      : [(this.records ??= new Map()), kind, kind === "prints" ? HEADER_BYTES + 4 * PRINTED_WORDS : RECORD_BYTES];
    if (!buffers.has(key)) {
      const buffer = storage(this.device, nbytes);
      buffers.set(key, new Part({ buffer, version: 0, number: `${kernel.name}.${key}` }, 0, nbytes, buffer.size));
    }
    return buffers.get(key);
  }

  /** The program for pointers that share memory or do not. */
  #program(kernel, given) {
    const [first, together] = kernel.programs;
    if (kernel.heap) return first;
    const parts = [...given.values()].filter((pointer) => pointer).map(({ part }) => part);
    const most = this.device.limits.maxStorageBuffersPerShaderStage;
    if (new Set(parts).size === parts.length && first.bindings.length <= most) return first;
    if (together) return together;
    throw new ArgumentError(
      `pointers given to ${kernel.name} share an allocation, which it accesses as types that cannot share memory on WebGPU`,
    );
  }

  /** A pipeline, or a promise of one. */
  #pipeline(kernel, program, { grid, block, shared = 0 }) {
    const folded = Number(grid.some((n) => n > MOST_BLOCKS));
    const constants = { block_x: block[0], block_y: block[1], block_z: block[2], folded };
    for (const name of program.overrides) constants[name] = Number(this.known[name] ?? shared);
    const key = Object.values(constants).join();
    const found = program.pipelines.get(key);
    if (found) return found;
    const made = this.#compiled(kernel, program, constants);
    return made.then((pipeline) => {
      program.pipelines.set(key, pipeline);
      return pipeline;
    });
  }

  async #compiled(kernel, program, constants) {
    program.layout ??= this.#layout(program.bindings, program.uniform > 0);
    const code = new TextDecoder().decode(await this.files(program.file));
    this.device.pushErrorScope("validation");
    const module = this.device.createShaderModule({ code, label: program.file });
    const complaint = this.device.popErrorScope();
    try {
      return await this.device.createComputePipelineAsync({
        layout: program.layout.pipelines,
        compute: { module, entryPoint: "main", constants },
      });
    } catch (error) {
      const said = (await complaint)?.message ?? error.message;
      throw new CudaWasmError(`the browser does not take ${program.file} for ${kernel.name}: ${said}`, "E0406");
    }
  }

  #layout(bindings, hasNumbers) {
    const entry = (binding, buffer) => ({ binding, visibility: GPUShaderStage.COMPUTE, buffer });
    const entries = bindings.map((_, i) => entry(i + 1, { type: "storage" }));
    if (hasNumbers) entries.push(entry(0, { type: "uniform", hasDynamicOffset: true }));
    const layout = this.device.createBindGroupLayout({ entries });
    return { bindings: layout, pipelines: this.device.createPipelineLayout({ bindGroupLayouts: [layout] }) };
  }

  #group(layout, bound, uniform) {
    const entries = bound.map((resource, i) => ({ binding: i + 1, resource }));
    if (uniform) entries.push({ binding: 0, resource: { buffer: this.launches.ring, offset: 0, size: uniform } });
    return this.device.createBindGroup({ layout, entries });
  }

  /** Put a launch in the queue. Gives a promise of its records where it has such. */
  #run(kernel, program, pipeline, shape, given, block) {
    const ranges = program.bindings.map((binding, i) => this.#range(kernel, binding, i, given));
    const numbers = this.#numbers(kernel, program, shape.grid, given, ranges, block);
    const key = ranges.map(({ arena, start, size }) => `${arena.number}.${arena.version}.${start}.${size}`).join();
    if (!program.groups.has(key)) {
      if (program.groups.size >= MOST_GROUPS) program.groups.clear();
      const bound = ranges.map(({ arena, start, size }) => ({ buffer: arena.buffer, offset: start, size }));
      program.groups.set(key, this.#group(program.layout.bindings, bound, program.uniform));
    }
    for (const param of kernel.params) if (param.kind === "copy") this.#copy(kernel, param, block);
    if (kernel.sites) this.#clear();
    this.launches.add(pipeline, program.groups.get(key), numbers, dispatched(shape.grid));
    return kernel.sites ? this.#records(kernel) : undefined;
  }

  /** What a binding is bound to: `{ arena, start, size }`. */
  #range(kernel, binding, number, given) {
    const parts = binding.params.map((name) => given.get(name)?.part).filter((part) => part);
    if (binding.heap) {
      if (!this.memory.arenas.length) this.allocate(1);
      const [arena, ...others] = this.memory.arenas;
      if (others.some(({ parts: inside }) => inside.length)) {
        throw new ArgumentError(`${kernel.name} follows pointers in memory, which is too large for one buffer`);
      }
      return { arena, start: 0, size: arena.nbytes };
    }
    if (!parts.length) return this.#nothing(number);
    const [{ arena }] = parts;
    if (parts.some((part) => part.arena !== arena)) {
      throw new ArgumentError(`pointers given to ${kernel.name} share an allocation, and others are in another buffer`);
    }
    const start = Math.min(...parts.map((part) => part.start));
    return { arena, start, size: Math.max(...parts.map((part) => part.start + part.size)) - start };
  }

  /** Memory for a binding whose pointers are null: bindings must not overlap. */
  #nothing(number) {
    this.empty ??= [];
    this.empty[number] ??= { arena: { number: `null.${number}`, version: 0, buffer: storage(this.device, 16) }, start: 0, size: 16 };
    return this.empty[number];
  }

  /** The bytes of the uniform buffer. */
  #numbers(kernel, program, grid, given, ranges, block) {
    const out = new DataView(new ArrayBuffer(program.uniform));
    const places = new Map();
    program.bindings.forEach((binding, i) => binding.params.forEach((name) => places.set(name, [ranges[i], binding.unit])));
    kernel.byName ??= new Map(kernel.params.map((param) => [param.name, param]));
    for (const [name, offset] of program.fields) {
      const param = kernel.byName.get(name);
      if (!param) {
        if (name === "grid_dim") grid.forEach((n, i) => out.setUint32(offset + 4 * i, n, true));
        else if (name === "memory_high") out.setUint32(offset, 1, true); // the first buffer
      } else if (param.kind === "number") {
        copyNumber(out, offset, block, param);
      } else {
        out.setUint32(offset, position(kernel, name, given.get(name), ...(places.get(name) ?? [])), true);
      }
    }
    return new Uint8Array(out.buffer);
  }

  /** Put a parameter that is read from memory there, if it is not there from the last launch. */
  #copy(kernel, { name, offset, size }, block) {
    const part = kernel.copies.get(name);
    const bytes = new Uint8Array(Math.ceil(size / 4) * 4);
    bytes.set(new Uint8Array(block.buffer, offset, size));
    if (part.bytes && part.bytes.every((byte, i) => byte === bytes[i])) return;
    part.bytes = bytes;
    this.launches.submit();
    this.device.queue.writeBuffer(part.arena.buffer, 0, bytes);
  }

  // --- what kernels print, and where they stopped ---

  #clear() {
    this.launches.submit();
    const prints = this.records.get("prints");
    const traps = this.records.get("traps");
    if (prints) this.device.queue.writeBuffer(prints.arena.buffer, 0, Uint32Array.of(0, PRINTED_WORDS));
    if (traps) this.device.queue.writeBuffer(traps.arena.buffer, 0, new Uint8Array(RECORD_BYTES));
  }

  /** Copies of the records, which the next launch may change; the record of a stop is before the printed ones. */
  #records(kernel) {
    this.launches.rest();
    const [prints, traps] = kernel.sites.map((sites) => sites.length > 0);
    const size = RECORD_BYTES + (prints ? HEADER_BYTES + 4 * PRINTED_WORDS : 0);
    const staging = this.#stage(size);
    if (traps) this.#copied(this.records.get("traps").arena.buffer, 0, staging, 0, RECORD_BYTES);
    if (prints) this.#copied(this.records.get("prints").arena.buffer, 0, staging, RECORD_BYTES, size - RECORD_BYTES);
    return { staging, prints, traps, size };
  }

  async #report(kernel, { staging, prints, traps, size }) {
    const first = Math.min(size, FIRST_BYTES);
    let words = new Uint32Array((await this.#mapped(staging, 0, first, !prints)).buffer);
    const [printing, stopping] = kernel.sites;
    const record = words.slice(0, RECORD_BYTES / 4);
    if (prints) {
      const header = RECORD_BYTES / 4 + HEADER_BYTES / 4;
      const wanted = words[RECORD_BYTES / 4];
      const count = Math.min(wanted, PRINTED_WORDS);
      const whole = 4 * (header + count);
      if (whole > first) words = new Uint32Array((await this.#mapped(staging, 0, whole, true)).buffer);
      else if (this.staging.length < 4) this.staging.push(staging);
      if (count) this.print(printed(printing, words.subarray(header, header + count)));
      if (wanted > PRINTED_WORDS) console.warn(`${kernel.name} printed more than the buffer holds; the rest is lost`);
    }
    const what = traps ? stopped(stopping, record, kernel.name) : null;
    if (what) throw new LaunchError(what);
  }

  close() {
    this.launches.rest();
    this.device.destroy();
  }
}

// --- arguments ---

function inside(memory, offset, nbytes) {
  if (!memory.size) throw new ArgumentError("this memory has been freed");
  if (offset < 0 || offset + nbytes > memory.nbytes) {
    throw new ArgumentError(`${nbytes} bytes at ${offset} of ${memory.nbytes} bytes of device memory`);
  }
}

/** The parameters as CUDA lays them out. */
function parameterBlock(kernel, values) {
  const block = new DataView(new ArrayBuffer(kernel.size));
  kernel.given.forEach(({ name, offset }, i) => {
    const value = values[i];
    if (value instanceof Uint8Array) new Uint8Array(block.buffer).set(value, offset);
    else if (value) {
      if (!value.memory.size) throw new ArgumentError(`"${name}" of ${kernel.name} is memory that has been freed`);
      block.setBigUint64(offset, value.memory.address + BigInt(value.offset), true);
    }
  });
  return block;
}

/** A pointer as an index into what it is bound to. */
function position(kernel, name, pointer, range, unit = 1) {
  if (!pointer) return NULL;
  const offset = range ? pointer.low - range.start : 0;
  if (offset % unit) throw new ArgumentError(`"${name}" of ${kernel.name} is not aligned to ${unit} bytes`);
  return offset / unit;
}

/** A number as the uniform buffer has it, with at least 32 bits. */
function copyNumber(out, offset, block, { offset: from, size, signed }) {
  if (size === 1) out.setInt32(offset, signed ? block.getInt8(from) : block.getUint8(from), true);
  else if (size === 2) out.setInt32(offset, signed ? block.getInt16(from, true) : block.getUint16(from, true), true);
  else for (let i = 0; i < size; i += 4) out.setUint32(offset + i, block.getUint32(from + i, true), true);
}

/** A grid that a dispatch takes, with at least as many blocks. */
function dispatched(grid) {
  if (grid.every((n) => n <= MOST_BLOCKS)) return grid;
  const blocks = grid[0] * grid[1] * grid[2];
  const layers = Math.ceil(blocks / MOST_BLOCKS ** 2);
  const rows = Math.ceil(blocks / (MOST_BLOCKS * layers));
  return [Math.ceil(blocks / (rows * layers)), rows, layers];
}
