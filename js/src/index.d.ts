/** Extents of the grid and block, and bytes of dynamic shared memory; `B` are the block shapes that were exported. */
export interface Shape<B = number | readonly number[]> {
  grid: number | readonly [number] | readonly [number, number] | readonly [number, number, number];
  block?: B;
  shared?: number;
}

export type DeviceName = "webgpu" | "wasm" | "wasm-threads" | "wasm-simd";

export interface LoadOptions {
  /** Which device to use; the first that is there when left out. */
  device?: DeviceName;
  /** How many threads "wasm-threads" has; as many as there are processors when left out. */
  threads?: number;
  /** Whether a WebGPU that computes in software will do; it does when WebGPU is asked for by name. */
  software?: boolean;
  /** Takes what kernels print. */
  print?: (text: string) => void;
  /** What WebGPU is asked for. */
  powerPreference?: "high-performance" | "low-power";
}

/** An address on the device: a place in a buffer. */
export interface DevicePointer {
  readonly memory: unknown;
  readonly offset: number;
}

/** Memory of the device that stays there between launches. */
export interface DeviceBuffer {
  readonly memory: unknown;
  readonly nbytes: number;
  /** A pointer `offset` bytes into the buffer. */
  at(offset: number): DevicePointer;
  write(array: ArrayBufferView | ArrayBuffer, offset?: number): Promise<void>;
  /** Fills `into`, or makes an array of a class. */
  read<T extends ArrayBufferView>(into: T, offset?: number): Promise<T>;
  read<T extends ArrayBufferView>(into: { new (length: number): T; BYTES_PER_ELEMENT: number }, offset?: number): Promise<T>;
  read(): Promise<Uint8Array>;
  free(): Promise<void>;
}

/** What every package has besides its kernels. Calls run in the order in which they are made. */
export interface LoadedKernels {
  readonly device: "webgpu" | "wasm-threads" | "wasm-simd";
  /** Why the devices that come before it were not taken. */
  readonly reasons: readonly { device: string; reason: string }[];
  /** A buffer with a copy of `content`, or of so many zero bytes. */
  buffer(content: ArrayBufferView | ArrayBuffer | number): DeviceBuffer;
  /** A `__device__` or `__constant__` variable of the source. */
  variable(name: string): DeviceBuffer;
  synchronize(): Promise<void>;
  close(): Promise<void>;
}

export class CudaWasmError extends Error {
  readonly code?: string;
}
export class DeviceUnavailable extends CudaWasmError {}
export class ArgumentError extends CudaWasmError {}
export class LaunchError extends CudaWasmError {}
