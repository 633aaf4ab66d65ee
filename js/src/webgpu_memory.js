/**
 * Device memory on WebGPU: one buffer that grows, parts of which are given out.
 *
 * An address has the number of the buffer in its upper half and an offset in the lower. There is a second buffer only
 * where the first cannot grow.
 */
import { CudaWasmError } from "./errors.js";
import { FreeList } from "./free_list.js";

const ALIGN = 256;
const FIRST = 4 << 20;
const { ceil, floor, max, min } = Math;

/** A part of device memory; the fields are the device's own. */
export class Part {
  constructor(arena, start, nbytes, size) {
    this.arena = arena;
    this.start = start;
    this.nbytes = nbytes;
    this.size = size;
  }

  /** The address that kernels see. */
  get address() {
    return (BigInt(this.arena.number + 1) << 32n) | BigInt(this.start);
  }
}

/** A buffer; `version` changes when it is replaced by a larger one. */
class Arena {
  constructor(number) {
    this.number = number;
    this.nbytes = 0;
    this.version = 0;
    this.buffer = null;
    /** What is not given out. */
    this.free = new FreeList();
    /** What is given out, by start. */
    this.parts = [];
  }

  /** How many parts start at or before an offset. */
  before(offset) {
    let low = 0;
    let high = this.parts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.parts[middle].start <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

export class Memory {
  /** `launches` is asked to submit what it has before a buffer is replaced. */
  constructor(device, launches) {
    this.device = device;
    this.launches = launches;
    const { maxStorageBufferBindingSize, maxBufferSize } = device.limits;
    this.most = floor(min(maxStorageBufferBindingSize, maxBufferSize, 2 ** 31) / ALIGN) * ALIGN;
    this.arenas = [];
  }

  /** A part aligned to 256, with room after it so that its end is no other's start. */
  allocate(nbytes) {
    const size = ceil((nbytes + 1) / ALIGN) * ALIGN;
    if (size + ALIGN > this.most) {
      throw new CudaWasmError(`${nbytes} bytes of device memory: a kernel reaches ${this.most} at most`);
    }
    for (const arena of this.arenas) {
      const start = arena.free.take(size) ?? (this.grow(arena, size) ? arena.free.take(size) : null);
      if (start !== null) return this.placed(arena, start, nbytes, size);
    }
    const arena = new Arena(this.arenas.length);
    this.arenas.push(arena);
    this.grow(arena, size);
    return this.placed(arena, arena.free.take(size), nbytes, size);
  }

  placed(arena, start, nbytes, size) {
    const part = new Part(arena, start, nbytes, size);
    arena.parts.splice(arena.before(start), 0, part);
    return part;
  }

  free(part) {
    part.arena.parts.splice(part.arena.before(part.start) - 1, 1);
    part.arena.free.giveBack(part.start, part.size);
    part.size = 0;
  }

  /** Whether there is room for `size` bytes more in a buffer. */
  grow(arena, size) {
    const old = arena.nbytes;
    const tail = arena.free.parts.at(-1);
    const lacking = size - (tail && tail[0] + tail[1] === old ? tail[1] : 0);
    if (old + lacking > this.most) return false;
    const start = old || ALIGN; // offset 0 would look like null
    const nbytes = min(this.most, max(FIRST, 2 * old, ceil((start + lacking) / ALIGN) * ALIGN));
    const buffer = storage(this.device, nbytes);
    if (arena.buffer) {
      this.launches.submit();
      const encoder = this.device.createCommandEncoder();
      encoder.copyBufferToBuffer(arena.buffer, 0, buffer, 0, old);
      this.device.queue.submit([encoder.finish()]);
      arena.buffer.destroy();
    }
    Object.assign(arena, { buffer, nbytes, version: arena.version + 1 });
    arena.free.giveBack(start, nbytes - start);
    return true;
  }

  /** The part at or around an address, given as its halves, or undefined. */
  find(high, low) {
    const arena = this.arenas[high - 1];
    const part = arena && arena.parts[arena.before(low) - 1];
    return part && low <= part.start + part.nbytes ? part : undefined;
  }
}

/** A buffer for kernels, at least as large as a binding must be. */
export function storage(device, nbytes) {
  const { STORAGE, COPY_SRC, COPY_DST } = GPUBufferUsage;
  return device.createBuffer({ size: max(16, ceil(nbytes / 4) * 4), usage: STORAGE | COPY_SRC | COPY_DST });
}
