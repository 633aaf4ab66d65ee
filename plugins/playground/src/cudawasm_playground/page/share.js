// Programs in the part of an address that no browser sends anywhere.

const KEY = "p=";

/** The address of this page with a program in its fragment. */
export async function linkTo(program) {
  const packed = await through(new CompressionStream("deflate-raw"), new TextEncoder().encode(JSON.stringify(program)));
  const url = new URL(location.href);
  url.hash = KEY + toBase64(packed);
  return url.href;
}

/** The program in a fragment, or null. */
export async function programIn(hash) {
  const text = hash.replace(/^#/, "");
  if (!text.startsWith(KEY)) return null;
  const bytes = await through(new DecompressionStream("deflate-raw"), fromBase64(text.slice(KEY.length)), 4_000_000);
  const program = JSON.parse(new TextDecoder().decode(bytes));
  for (const name of ["source", "run", "options", "device"]) {
    if (typeof program?.[name] !== "string") throw new Error(`the link has no ${name}`);
  }
  return program;
}

async function through(stream, bytes, most = Infinity) {
  const reader = new Blob([bytes]).stream().pipeThrough(stream).getReader();
  const parts = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > most) throw new Error("the link's program is too long");
    parts.push(value);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

function toBase64(bytes) {
  let text = "";
  for (let i = 0; i < bytes.length; i += 32768) text += String.fromCharCode(...bytes.subarray(i, i + 32768));
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function fromBase64(text) {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
}
