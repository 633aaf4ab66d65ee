/**
 * What kernels leave for the host to read: printed records, and the record of a thread that stopped.
 *
 * `sites` are those of the manifest: of a kernel that prints, [format as hex, kinds, [strings as hex]] for each
 * `printf`; of one that stops, [message, file, line] for each place.
 */
import { formatText } from "./formatting.js";

/** At the end of the buffer of records these words are all ones before a launch: a record that has no room leaves them. */
export const LAST_WORDS = 256;

/** The text of records in the order in which they were made. */
export function printed(sites, words) {
  const parts = [];
  let at = 0;
  while (at < words.length) {
    if (words[at] >= sites.length) break;
    const [format, kinds, strings] = sites[words[at]];
    const size = 1 + 2 * kinds.length;
    if (at + size > words.length) break;
    const values = [...kinds].map((kind, i) => argument(kind, words[at + 1 + 2 * i], words[at + 2 + 2 * i]));
    parts.push(formatText(fromHex(format), values, kinds, strings.map(fromHex)));
    at += size;
  }
  return parts.join("");
}

/** What to tell of a stop, or null where there was none; `record` has eight words. */
export function stopped(sites, record, kernelName) {
  if (record[0] === 0) return null;
  const [message, file, line] = sites[record[0] - 1];
  const where = file ? `${file}:${line}: ` : "";
  const what = message ? `assertion failed: ${message}` : "trap";
  const [block, thread] = [record.slice(1, 4), record.slice(4, 7)].map((words) => [...words].join(", "));
  return `${where}${what}; kernel ${kernelName}, block (${block}), thread (${thread})`;
}

/** Bytes as a string of characters up to 255. */
function fromHex(hex) {
  return String.fromCharCode(...(hex.match(/../g) ?? []).map((pair) => parseInt(pair, 16)));
}

/** An argument as 64 bits, for which floats are widened. */
function argument(kind, low, high) {
  if (kind !== "f") return (BigInt(high) << 32n) | BigInt(low);
  const view = new DataView(new ArrayBuffer(8));
  view.setUint32(0, low);
  view.setFloat64(0, view.getFloat32(0));
  return view.getBigUint64(0);
}
