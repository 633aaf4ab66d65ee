/** What a launch gives a program: parameters, positions of pointers, the grid. */
import { ArgumentError } from "./errors.js";

/** Blocks that a dispatch takes in each dimension. */
export const MOST_BLOCKS = 65535;
const NULL = 0xffffffff;

/** The parameters as CUDA lays them out. */
export function parameterBlock(kernel, values) {
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
export function position(kernel, name, pointer, range, unit = 1) {
  if (!pointer) return NULL;
  const offset = range ? pointer.low - range.start : 0;
  if (offset % unit) throw new ArgumentError(`"${name}" of ${kernel.name} is not aligned to ${unit} bytes`);
  return offset / unit;
}

/** A number as the uniform buffer has it, with at least 32 bits. */
export function copyNumber(out, offset, block, { offset: from, size, signed }) {
  if (size === 1) out.setInt32(offset, signed ? block.getInt8(from) : block.getUint8(from), true);
  else if (size === 2) out.setInt32(offset, signed ? block.getInt16(from, true) : block.getUint16(from, true), true);
  else for (let i = 0; i < size; i += 4) out.setUint32(offset + i, block.getUint32(from + i, true), true);
}

/** A grid that a dispatch takes, with at least as many blocks. */
export function dispatched(grid) {
  if (grid.every((n) => n <= MOST_BLOCKS)) return grid;
  const blocks = grid[0] * grid[1] * grid[2];
  const layers = Math.ceil(blocks / MOST_BLOCKS ** 2);
  const rows = Math.ceil(blocks / (MOST_BLOCKS * layers));
  return [Math.ceil(blocks / (rows * layers)), rows, layers];
}

/** Whether a block is larger than the GPU's. */
export function isLarge(limits, block) {
  const isWide = block.some((n, i) => n > limits[`maxComputeWorkgroupSize${"XYZ"[i]}`]);
  return isWide || block[0] * block[1] * block[2] > limits.maxComputeInvocationsPerWorkgroup;
}

/** Throws an ArgumentError for a launch that is larger than the GPU or CUDA take. */
export function checkShape(limits, kernel, { grid, block, shared = 0 }) {
  const named = `a block of ${block.join(" x ")} threads`;
  const threads = block[0] * block[1] * block[2];
  if (!(threads >= 1 && threads <= 1024)) throw new ArgumentError(named);
  if (isLarge(limits, block) && !kernel.programs.some(({ large }) => large)) {
    const most = limits.maxComputeInvocationsPerWorkgroup;
    throw new ArgumentError(`${named}; this GPU takes ${most}, and ${kernel.name} was exported for no larger one`);
  }
  const bytes = kernel.shared + shared;
  const most = limits.maxComputeWorkgroupStorageSize;
  if (bytes > most) {
    throw new ArgumentError(`${kernel.name} with ${bytes} bytes of shared memory; this GPU gives a block ${most}`);
  }
  const blocks = grid[0] * grid[1] * grid[2];
  if (!(blocks >= 1 && blocks < 2 ** 32)) throw new ArgumentError(`a grid of ${grid.join(" x ")} blocks`);
}
