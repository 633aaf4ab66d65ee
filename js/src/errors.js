/** A problem that the caller can do something about; `code` is stable where there is one. */
export class CudaWasmError extends Error {
  constructor(message, code) {
    super(code ? `${code}: ${message}` : message);
    this.name = new.target.name;
    this.code = code;
  }
}

/** A device that cannot run here; the message says why. */
export class DeviceUnavailable extends CudaWasmError {}

/** Arguments or shapes that do not fit the kernel. */
export class ArgumentError extends CudaWasmError {}

/** A kernel that stopped: a trap, a failed assert, an access outside of memory. */
export class LaunchError extends CudaWasmError {}
