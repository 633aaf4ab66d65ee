/**
 * Launches on their way to the GPU: they are collected, as giving each one to it alone costs more than many run.
 *
 * The first goes at once, then two together, then four; what is left goes when somebody reads, or the page comes to
 * rest.
 */
const MOST = 32;
const RING_BYTES = 1 << 18;

export class Launches {
  constructor(device) {
    this.device = device;
    const { UNIFORM, COPY_DST } = GPUBufferUsage;
    this.ring = device.createBuffer({ size: RING_BYTES, usage: UNIFORM | COPY_DST });
    this.align = device.limits.minUniformBufferOffsetAlignment;
    this.staged = new Uint8Array(RING_BYTES);
    this.from = 0;
    this.end = 0;
    this.enough = 1;
    this.count = 0;
    this.encoder = this.pass = null;
    this.timer = undefined;
  }

  /** A launch of a pipeline; `numbers` go to the binding with a dynamic offset that `group` has if there are such. */
  add(pipeline, group, numbers, blocks) {
    const offset = numbers.length ? this.place(numbers) : 0;
    if (!this.pass) {
      this.encoder = this.device.createCommandEncoder();
      this.pass = this.encoder.beginComputePass();
      this.timer ??= setTimeout(() => this.rest(), 0);
    }
    this.pass.setPipeline(pipeline);
    this.pass.setBindGroup(0, group, numbers.length ? [offset] : []);
    this.pass.dispatchWorkgroups(...blocks);
    if (++this.count >= this.enough) {
      this.submit();
      this.enough = Math.min(2 * this.enough, MOST);
    }
  }

  place(numbers) {
    const size = Math.ceil(numbers.length / this.align) * this.align;
    if (this.end + size > RING_BYTES) {
      this.submit();
      this.from = this.end = 0;
    }
    const offset = this.end;
    this.staged.set(numbers, offset);
    this.end += size;
    return offset;
  }

  /** Give the GPU what has been collected. */
  submit() {
    if (!this.pass) return;
    if (this.end > this.from) {
      this.device.queue.writeBuffer(this.ring, this.from, this.staged, this.from, this.end - this.from);
      this.from = this.end;
    }
    this.pass.end();
    this.device.queue.submit([this.encoder.finish()]);
    this.encoder = this.pass = null;
    this.count = 0;
  }

  /** Somebody waits, or the page does something else: the next launch goes at once. */
  rest() {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.submit();
    this.enough = 1;
  }
}

/** Layouts of what a program is bound to: numbers at 0, and `count` buffers from 1 on. */
export function layoutOf(device, count, hasNumbers) {
  const entry = (binding, buffer) => ({ binding, visibility: GPUShaderStage.COMPUTE, buffer });
  const entries = Array.from({ length: count }, (_, i) => entry(i + 1, { type: "storage" }));
  if (hasNumbers) entries.push(entry(0, { type: "uniform", hasDynamicOffset: true }));
  const bindings = device.createBindGroupLayout({ entries });
  return { bindings, pipelines: device.createPipelineLayout({ bindGroupLayouts: [bindings] }) };
}

/** What a program is bound to; its numbers are in the ring. */
export function groupOf(launches, layout, bound, uniform) {
  const entries = bound.map((resource, i) => ({ binding: i + 1, resource }));
  if (uniform) entries.push({ binding: 0, resource: { buffer: launches.ring, offset: 0, size: uniform } });
  return launches.device.createBindGroup({ layout, entries });
}
