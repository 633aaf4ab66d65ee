/** What kernels print on WebGPU, and where they stopped: records that the device reads after a launch. */
import { LaunchError } from "./errors.js";
import { LAST_WORDS, printed, stopped } from "./records.js";
import { Part, storage } from "./webgpu_memory.js";

const PRINTED_WORDS = 1 << 18; // 1 MB, as CUDA has
const HEADER_BYTES = 8;
const STOP_BYTES = 32;
const FIRST_BYTES = 4096; // of what was printed, which are read with the count
const SIZES = { prints: HEADER_BYTES + 4 * PRINTED_WORDS, traps: STOP_BYTES };

export class Reports {
  constructor(owner) {
    this.owner = owner;
    this.parts = new Map();
  }

  /** The buffer of a kind of records, for kernels. */
  part(kind) {
    if (!this.parts.has(kind)) {
      const buffer = storage(this.owner.device, SIZES[kind]);
      this.parts.set(kind, new Part({ buffer, version: 0, number: kind }, 0, SIZES[kind], buffer.size));
    }
    return this.parts.get(kind);
  }

  clear() {
    const { launches, device } = this.owner;
    launches.submit();
    const [prints, traps] = [this.parts.get("prints"), this.parts.get("traps")];
    if (prints) {
      const { buffer } = prints.arena;
      device.queue.writeBuffer(buffer, 0, Uint32Array.of(0, PRINTED_WORDS));
      device.queue.writeBuffer(buffer, SIZES.prints - 4 * LAST_WORDS, new Uint32Array(LAST_WORDS).fill(-1));
    }
    if (traps) device.queue.writeBuffer(traps.arena.buffer, 0, new Uint8Array(STOP_BYTES));
  }

  /** Copies of the records, which the next launch may change; the record of a stop is before the printed ones. */
  taken(kernel) {
    this.owner.launches.rest();
    const [prints, traps] = kernel.sites.map((sites) => sites.length > 0);
    const size = STOP_BYTES + (prints ? SIZES.prints : 0);
    const staging = this.owner.stage(size);
    if (traps) this.owner.copied(this.part("traps").arena.buffer, 0, staging, 0, STOP_BYTES);
    if (prints) this.owner.copied(this.part("prints").arena.buffer, 0, staging, STOP_BYTES, SIZES.prints);
    return { staging, prints, traps, size };
  }

  /** Say what a launch printed. Throws a LaunchError when it stopped. */
  async told(kernel, { staging, prints, traps, size }) {
    const first = Math.min(size, FIRST_BYTES);
    let words = await this.words(staging, first);
    const [printing, stopping] = kernel.sites;
    const record = words.slice(0, STOP_BYTES / 4);
    if (prints) {
      const header = (STOP_BYTES + HEADER_BYTES) / 4;
      const wanted = words[STOP_BYTES / 4];
      const count = Math.min(wanted, PRINTED_WORDS);
      if (4 * (header + count) > first) words = await this.words(staging, 4 * (header + count));
      if (count) this.owner.print(printed(printing, words.subarray(header, header + count)));
      if (wanted > PRINTED_WORDS) console.warn(`${kernel.name} printed more than the buffer holds; the rest is lost`);
    }
    this.owner.unstage(staging);
    const what = traps ? stopped(stopping, record, kernel.name) : null;
    if (what) throw new LaunchError(what);
  }

  async words(staging, size) {
    return new Uint32Array((await this.owner.mapped(staging, size)).buffer);
  }
}
