// JavaScript values as bytes of kernel parameters.
import { ArgumentError } from "./errors.js";

const INTEGERS = { i8: 8, u8: 8, i16: 16, u16: 16, i32: 32, u32: 32, i64: 64, u64: 64 };

/** Whether a converted argument is an array that must be copied to the device. */
export function needsMemory(value) {
  return value !== null && value.copied !== undefined;
}

/**
 * What a device's `launch` takes for a parameter: a Uint8Array, `{ memory, offset }` or null; or `{ copied }` with the
 * bytes of a typed array that has yet to go to the device.
 */
export function convert(kernel, param, value) {
  const label = `"${param.name}" of ${kernel}`;
  if (param.type === "pointer") return pointer(label, param, value);
  const bytes = new Uint8Array(param.size);
  const view = new DataView(bytes.buffer);
  if (param.type === "bytes") return aggregate(label, param, value);
  if (param.type === "bool") view.setUint8(0, truth(label, value));
  else if (param.type in INTEGERS) integer(label, param.type, view, value);
  else float(label, param.type, view, value);
  return bytes;
}

function pointer(label, param, value) {
  if (value === null) return null;
  if (value?.memory !== undefined) return { memory: value.memory, offset: value.offset ?? 0 };
  if (!ArrayBuffer.isView(value)) {
    throw new ArgumentError(`${label} needs a typed array, a buffer or null, not ${describe(value)}`);
  }
  const name = value.constructor.name;
  const isBytes = value instanceof Uint8Array || value instanceof DataView || name === "Uint8ClampedArray";
  const isHalf = name === "Float16Array" && param.array === "Uint16Array";
  if (param.array && name !== param.array && !isBytes && !isHalf) {
    throw new ArgumentError(`${label} needs a ${param.array}, not a ${name}`);
  }
  return { copied: new Uint8Array(value.buffer, value.byteOffset, value.byteLength) };
}

function aggregate(label, param, value) {
  const isBuffer = value instanceof ArrayBuffer;
  if (!isBuffer && !ArrayBuffer.isView(value)) {
    throw new ArgumentError(`${label} needs ${param.size} bytes as a typed array or ArrayBuffer, not ${describe(value)}`);
  }
  const bytes = isBuffer ? new Uint8Array(value) : new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (bytes.byteLength !== param.size) {
    throw new ArgumentError(`${label} needs ${param.size} bytes, not ${bytes.byteLength}`);
  }
  return bytes.slice();
}

function integer(label, type, view, value) {
  const bits = INTEGERS[type];
  const isWhole = typeof value === "bigint" || Number.isInteger(value);
  const low = type[0] === "i" ? -(2n ** BigInt(bits - 1)) : 0n;
  if (!isWhole || BigInt(value) < low || BigInt(value) >= low + 2n ** BigInt(bits)) {
    throw new ArgumentError(`${label} needs a whole number of type ${type}, not ${describe(value)}`);
  }
  if (bits === 64) view.setBigUint64(0, BigInt.asUintN(64, BigInt(value)), true);
  else if (bits === 32) view.setUint32(0, Number(value), true);
  else if (bits === 16) view.setUint16(0, Number(value), true);
  else view.setUint8(0, Number(value));
}

function truth(label, value) {
  if (value !== true && value !== false && value !== 0 && value !== 1) {
    throw new ArgumentError(`${label} needs a boolean, not ${describe(value)}`);
  }
  return Number(value);
}

function float(label, type, view, value) {
  if (typeof value !== "number") throw new ArgumentError(`${label} needs a number, not ${describe(value)}`);
  if (type === "f64") view.setFloat64(0, value, true);
  else if (type === "f32") view.setFloat32(0, value, true);
  else view.setUint16(0, type === "f16" ? halfBits(value) : bfloatBits(value), true);
}

/** Rounded once, from the double itself; a carry out of the fraction counts the exponent up. */
function halfBits(value) {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (Number.isNaN(value)) return 0x7fff;
  if (size >= 65520) return sign | 0x7c00;
  let exponent = -14;
  while (size >= 2 ** (exponent + 1)) exponent += 1;
  return sign | (((exponent + 14) << 10) + roundEven(size * 2 ** (10 - exponent)));
}

function roundEven(value) {
  const low = Math.floor(value);
  const rest = value - low;
  return rest > 0.5 || (rest === 0.5 && low % 2 === 1) ? low + 1 : low;
}

/** Rounded once: where a float is not the double, it is made odd, which keeps it on the same side of all middles. */
function bfloatBits(value) {
  if (Number.isNaN(value)) return 0x7fff;
  const float = Math.fround(value);
  let [bits] = new Uint32Array(new Float32Array([float]).buffer);
  if (Math.abs(float) > Math.abs(value)) bits -= 1;
  if (float !== value) bits |= 1;
  return (((bits >>> 0) + 0x7fff + ((bits >>> 16) & 1)) >>> 16) & 0xffff;
}

function describe(value) {
  if (value === undefined) return "undefined";
  return typeof value === "object" && value !== null ? (value.constructor?.name ?? "an object") : String(value);
}
