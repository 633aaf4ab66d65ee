/**
 * The device on WebGPU: the WGSL of a package, launched.
 *
 * @typedef {import("./webgpu_memory.js").Part} Memory
 * @typedef {{ grid: number[], block: number[], shared?: number }} Shape
 * @typedef {Uint8Array | { memory: Memory, offset: number } | null} Value
 */
import { ArgumentError, CudaWasmError, DeviceUnavailable } from "./errors.js";
import { Edits } from "./webgpu_edits.js";
import { Launches, groupOf, layoutOf } from "./webgpu_launches.js";
import {
  MOST_BLOCKS,
  checkShape,
  copyNumber,
  dispatched,
  isLarge,
  parameterBlock,
  position,
} from "./webgpu_parameters.js";
import { probe, shortened } from "./webgpu_probe.js";
import { Memory, Part, storage } from "./webgpu_memory.js";
import { Reports } from "./webgpu_reports.js";

const MOST_GROUPS = 256;
const WANTED = [
  "maxStorageBuffersPerShaderStage",
  "maxStorageBufferBindingSize",
  "maxBufferSize",
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupSizeY",
  "maxComputeWorkgroupSizeZ",
];
export class WebGpuDevice {
  static names = ["webgpu"];
  name = "webgpu";
  #last = null;
  #problem = null;

  /**
   * `options.print` takes what kernels print, `options.powerPreference` goes to the browser; with `options.software`,
   * or asked for by name, an adapter that computes in software will do.
   */
  static async open(manifest, files, options = {}) {
    const gpu = options.gpu ?? globalThis.navigator?.gpu;
    if (!gpu) throw new DeviceUnavailable("this browser has no WebGPU, or the page is not served by https");
    const { powerPreference = "high-performance" } = options;
    const adapter = await gpu.requestAdapter({ powerPreference });
    if (!adapter) throw new DeviceUnavailable("WebGPU finds no GPU here");
    const takesSoftware = options.software ?? options.device === "webgpu";
    if (!takesSoftware && (adapter.info?.isFallbackAdapter ?? adapter.isFallbackAdapter)) {
      throw new DeviceUnavailable("WebGPU has no GPU here but computes in software, which WebAssembly does faster");
    }
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
    this.reports = new Reports(this);
    this.edits = new Edits(device, this.launches);
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

  /** What goes wrong later, where nobody waits, is told to the next who asks for something. */
  #noted(result) {
    if (result instanceof Promise) result.catch((error) => (this.#problem ??= error));
  }

  #check() {
    if (!this.#problem) return;
    const problem = this.#problem;
    if (!/is gone/.test(problem.message)) this.#problem = null;
    throw problem;
  }

  // --- memory ---

  /** @returns {Memory} */
  allocate(nbytes) {
    this.#check();
    return this.memory.allocate(nbytes);
  }

  /** @param {Memory} memory */
  free(memory) {
    this.#noted(this.#inOrder(() => this.memory.free(memory)));
  }

  /**
   * @param {Memory} memory
   * @param {number} offset
   * @param {Uint8Array} bytes
   */
  write(memory, offset, bytes) {
    inside(memory, offset, bytes.length);
    if (bytes.length === 0) return;
    const held = this.#last ? bytes.slice() : bytes;
    this.#noted(this.#inOrder(() => this.#write(memory, offset, held)));
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
    if (start < from) this.edits.put(memory, start, bytes.subarray(0, from - start));
    if (from < to) this.device.queue.writeBuffer(buffer, from, bytes, from - start, to - from);
    if (to === end) return;
    const rest = bytes.subarray(to - start);
    if (!isLast) this.edits.put(memory, to, rest);
    else this.device.queue.writeBuffer(buffer, to, Uint8Array.of(...rest, ...[0, 0, 0].slice(rest.length - 1)));
  }

  /**
   * @param {Memory} memory
   * @returns {Promise<Uint8Array>}
   */
  async read(memory, offset, nbytes) {
    inside(memory, offset, nbytes);
    const first = (memory.start + offset) % 4;
    const size = Math.ceil((first + nbytes) / 4) * 4;
    const staging = await this.#inOrder(() => {
      this.#check();
      this.launches.rest();
      const taken = this.stage(size);
      this.copied(memory.arena.buffer, memory.start + offset - first, taken, 0, size);
      return taken;
    });
    const bytes = await this.mapped(staging, size);
    this.unstage(staging);
    return bytes.subarray(first, first + nbytes);
  }

  /** @returns {Memory} of a `__device__` or `__constant__` variable of the source. */
  variable(name) {
    const found = this.globals.get(name);
    if (!found) throw new ArgumentError(`the package has no variable "${name}"`);
    return found;
  }

  /** Waits for all that was asked for. */
  async synchronize() {
    await this.#inOrder(() => {
      this.launches.rest();
      return this.device.queue.onSubmittedWorkDone();
    });
    this.#check();
  }

  /** @package */
  copied(from, start, to, at, size) {
    const encoder = this.device.createCommandEncoder();
    encoder.copyBufferToBuffer(from, start, to, at, size);
    this.device.queue.submit([encoder.finish()]);
  }

  /** @package A buffer that can be mapped, perhaps one that was used before. */
  stage(size) {
    const at = this.staging.findIndex((buffer) => buffer.size >= size && buffer.size <= 4 * size + 65536);
    if (at >= 0) return this.staging.splice(at, 1)[0];
    const { MAP_READ, COPY_DST } = GPUBufferUsage;
    return this.device.createBuffer({ size: Math.max(size, 4096), usage: MAP_READ | COPY_DST });
  }

  /** @package The first bytes of a staging buffer. */
  async mapped(staging, size) {
    try {
      await staging.mapAsync(GPUMapMode.READ, 0, size);
    } catch (error) {
      this.#check();
      throw new CudaWasmError(`WebGPU says: ${error.message}`);
    }
    const bytes = new Uint8Array(staging.getMappedRange(0, size).slice(0));
    staging.unmap();
    this.#check();
    return bytes;
  }

  /** @package Keep a staging buffer for the next who needs one. */
  unstage(staging) {
    if (this.staging.length < 4) this.staging.push(staging);
    else staging.destroy();
  }

  // --- launches ---

  /**
   * Put a launch in the queue; where the kernel prints or can stop, wait for that.
   *
   * @param {string} name
   * @param {Shape} shape
   * @param {Value[]} values one for each parameter of the manifest
   */
  async launch(name, shape, values) {
    const kernel = this.#kernel(name);
    checkShape(this.device.limits, kernel, shape);
    const block = parameterBlock(kernel, values);
    const report = await this.#inOrder(() => {
      this.#check();
      const given = this.#given(kernel, block);
      const program = this.#program(kernel, given, isLarge(this.device.limits, shape.block));
      const pipeline = this.#pipeline(kernel, program, shape);
      const run = (made) => this.#run(kernel, program, made, shape, given, block);
      return pipeline instanceof Promise ? pipeline.then(run) : run(pipeline);
    });
    if (report) await this.reports.told(kernel, report);
  }

  #kernel(name) {
    if (!this.kernels.has(name)) {
      const facts = this.manifest.webgpu.kernels[name];
      if (!facts) throw new ArgumentError(`${name} is no kernel of this package that runs on WebGPU`);
      const { params, size } = this.manifest.kernels[name];
      const programs = facts.programs.map((program) => ({ ...program, pipelines: new Map(), groups: new Map() }));
      const byName = new Map(facts.params.map((param) => [param.name, param]));
      this.kernels.set(name, { ...facts, name, given: params, size, byName, programs, copies: new Map() });
    }
    return this.kernels.get(name);
  }

  /** For each pointer of the kernel's programs, by name: `{ part, low }`, or null. */
  #given(kernel, block) {
    const given = new Map();
    for (const param of kernel.params) {
      if (param.kind === "number") continue;
      given.set(param.name, param.kind === "pointer" ? this.#found(kernel, param, block) : this.#owned(kernel, param));
    }
    return given;
  }

  #found(kernel, { name, offset }, block) {
    const [low, high] = [block.getUint32(offset, true), block.getUint32(offset + 4, true)];
    if (high === 0 && low === 0) return null;
    const part = this.memory.find(high, low);
    if (!part && !kernel.heap) {
      throw new ArgumentError(`"${name}" of ${kernel.name} points to no memory of this device`);
    }
    return { part, low };
  }

  #owned(kernel, param) {
    const part = param.kind === "global" ? this.globals.get(param.global) : this.#own(kernel, param);
    return { part, low: part.start };
  }

  /** A buffer of the device's own, to which no pointer of a program points. */
  #own(kernel, { name, kind, size }) {
    if (kind !== "copy") return this.reports.part(kind);
    if (!kernel.copies.has(name)) {
      const buffer = storage(this.device, size);
      kernel.copies.set(name, new Part({ buffer, version: 0, number: `${kernel.name}.${name}` }, 0, size, buffer.size));
    }
    return kernel.copies.get(name);
  }

  /** The program for pointers that share memory or do not, and blocks that the browser takes or does not. */
  #program(kernel, given, isLarge) {
    const programs = kernel.programs.filter(({ large }) => large === isLarge);
    const [first] = programs;
    if (kernel.heap) return first;
    const parts = [...given.values()].filter((pointer) => pointer).map(({ part }) => part);
    const most = this.device.limits.maxStorageBuffersPerShaderStage;
    if (new Set(parts).size === parts.length && first.bindings.length <= most) return first;
    const shared = programs.find(({ together }) => together);
    if (shared) return shared;
    throw new ArgumentError(
      `pointers given to ${kernel.name} share an allocation, and it accesses them as types that cannot share memory ` +
        "on WebGPU",
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
    program.layout ??= layoutOf(this.device, program.bindings.length, program.uniform > 0);
    const code = shortened(new TextDecoder().decode(await this.files(program.file)), this.known);
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

  /** Put a launch in the queue. Gives a promise of its records where it has such. */
  #run(kernel, program, pipeline, shape, given, block) {
    const ranges = program.bindings.map((binding, i) => this.#range(kernel, binding, i, given));
    const numbers = this.#numbers(kernel, program, shape.grid, given, ranges, block);
    const key = ranges.map(({ arena, start, size }) => `${arena.number}.${arena.version}.${start}.${size}`).join();
    if (!program.groups.has(key)) {
      if (program.groups.size >= MOST_GROUPS) program.groups.clear();
      const bound = ranges.map(({ arena, start, size }) => ({ buffer: arena.buffer, offset: start, size }));
      program.groups.set(key, groupOf(this.launches, program.layout.bindings, bound, program.uniform));
    }
    for (const param of kernel.params) if (param.kind === "copy") this.#copy(kernel, param, block);
    if (kernel.sites) this.reports.clear();
    this.launches.add(pipeline, program.groups.get(key), numbers, dispatched(shape.grid));
    return kernel.sites ? this.reports.taken(kernel) : undefined;
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
    if (!this.empty[number]) {
      const arena = { number: `null.${number}`, version: 0, buffer: storage(this.device, 16) };
      this.empty[number] = { arena, start: 0, size: 16 };
    }
    return this.empty[number];
  }

  /** The bytes of the uniform buffer. */
  #numbers(kernel, program, grid, given, ranges, block) {
    const out = new DataView(new ArrayBuffer(program.uniform));
    const places = new Map();
    program.bindings.forEach(({ params, unit }, i) => params.forEach((name) => places.set(name, [ranges[i], unit])));
    for (const [name, offset] of program.fields) {
      const param = kernel.byName.get(name);
      if (name === "grid_dim") grid.forEach((n, i) => out.setUint32(offset + 4 * i, n, true));
      else if (name === "memory_high") out.setUint32(offset, 1, true); // the first buffer
      else if (param?.kind === "number") copyNumber(out, offset, block, param);
      else if (param) {
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

  close() {
    this.launches.rest();
    this.device.destroy();
  }
}

function inside(memory, offset, nbytes) {
  if (!memory.size) throw new ArgumentError("this memory has been freed");
  if (offset < 0 || offset + nbytes > memory.nbytes) {
    throw new ArgumentError(`${nbytes} bytes at ${offset} of ${memory.nbytes} bytes of device memory`);
  }
}
