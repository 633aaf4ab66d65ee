/** Bytes that are a part of a word, which WebGPU's queue does not write: a program puts them there. */
import { groupOf, layoutOf } from "./webgpu_launches.js";

const WGSL = `
struct Edit { at: u32, mask: u32, bits: u32 }
@group(0) @binding(0) var<uniform> edit: Edit;
@group(0) @binding(1) var<storage, read_write> words: array<u32>;
@compute @workgroup_size(1) fn main() { words[edit.at] = (words[edit.at] & ~edit.mask) | edit.bits; }`;

export class Edits {
  constructor(device, launches) {
    this.device = device;
    this.launches = launches;
    this.layout = this.pipeline = null;
  }

  /** Put bytes at an offset of the buffer that a part of memory is in; all of them are in one word. */
  put(part, at, bytes) {
    if (!this.pipeline) {
      this.layout = layoutOf(this.device, 1, true);
      const module = this.device.createShaderModule({ code: WGSL });
      this.pipeline = this.device.createComputePipeline({ layout: this.layout.pipelines, compute: { module } });
    }
    const numbers = new Uint8Array(16);
    const first = at % 4;
    new DataView(numbers.buffer).setUint32(0, (at - first - part.start) / 4, true);
    numbers.fill(255, 4 + first, 4 + first + bytes.length);
    numbers.set(bytes, 8 + first);
    const bound = [{ buffer: part.arena.buffer, offset: part.start, size: part.size }];
    const group = groupOf(this.launches, this.layout.bindings, bound, 16);
    this.launches.add(this.pipeline, group, numbers, [1, 1, 1]);
    this.launches.submit();
  }
}
