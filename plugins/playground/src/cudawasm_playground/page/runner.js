// Runs a program's script, in a worker of its own: whatever it does, the page goes on, and ends it at will.
import { coloured } from "./colours.js";

const MOST_PRINTED = 200_000;
const waiting = new Map(); // what a message of the page ends
const controls = new Map();
const pointer = { x: 0.5, y: 0.5, down: false, dx: 0, dy: 0, inside: false, wheel: 0 };
let printedLength = 0;

/** Not an error: the package lacks a block shape, and the page makes another. */
class ShapeIsMissing extends Error {}

self.onmessage = ({ data }) => {
  switch (data.type) {
    case "start":
      run(data).catch(failed);
      break;
    case "next":
      waiting.get("frame")?.(data.time);
      break;
    case "control":
      controls.get(data.label)?.set(data.value);
      break;
    case "pointer":
      moved(data);
      break;
  }
};

function moved({ x, y, down, inside, wheel = 0 }) {
  pointer.dx += x - pointer.x;
  pointer.dy += y - pointer.y;
  pointer.wheel += wheel;
  Object.assign(pointer, { x, y, down, inside });
}

async function run({ script, packageUrl, device, refused, blocks, values, picture, keeps }) {
  const { load } = await import(packageUrl);
  const [kernels, reasons] = await opened(load, device, refused);
  post({ type: "device", name: kernels.device, reasons, isChosen: device !== "" });
  const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  const program = await import(url);
  if (typeof program.default !== "function") throw new Error("the Run script exports no default function");
  const start = performance.now();
  await program.default(tools(checked(kernels, blocks), values, picture, keeps));
  await kernels.buffer(4).read(); // what was launched comes first
  post({ type: "done", milliseconds: performance.now() - start });
}

/** The package on the device that is wanted; left to itself, on one that runs all kernels. */
async function opened(load, device, refused) {
  const print = (text) => say(text);
  const lost = refused.webgpu ?? [];
  if (device || lost.length === 0) {
    // Whoever asks for WebGPU by name gets it, be it in software.
    const kernels = await load({ device: device || undefined, software: device === "webgpu", print });
    return [kernels, [...kernels.reasons]];
  }
  const kernels = await load({ device: "wasm", print });
  return [kernels, [{ device: "webgpu", reason: `does not run ${lost.join(", ")}; see Problems` }, ...kernels.reasons]];
}

/** The kernels, of which a launch with a block shape that was not compiled asks for it. */
function checked(kernels, blocks) {
  const own = {};
  for (const [name, shapes] of Object.entries(blocks)) {
    own[name] = (shape, ...values) => {
      const block = padded(shape?.block ?? shapes[0]);
      if (block && !shapes.some((known) => known.join() === block.join())) {
        post({ type: "shape", kernel: name, block });
        return Promise.reject(new ShapeIsMissing(name));
      }
      return kernels[name](shape, ...values);
    };
  }
  return new Proxy(kernels, {
    get(target, name) {
      if (name in own) return own[name];
      const value = target[name];
      if (value === undefined && typeof name === "string" && name !== "then") throw new Error(`there is no kernel "${name}"`);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

function padded(block) {
  const list = typeof block === "number" ? [block] : [...(block ?? [])];
  const isSound = list.length >= 1 && list.length <= 3 && list.every((e) => Number.isInteger(e) && e > 0 && e <= 1024);
  return isSound ? [list[0], list[1] ?? 1, list[2] ?? 1] : null; // what is wrong with others, the package says
}

/** What the script gets. `keeps`: the page wants the numbers of pictures too. */
function tools(kernels, values, picture, keeps) {
  return {
    kernels, pointer, picture, play,
    view: {
      image(data, width, height, options = {}) {
        const rgba = coloured(data, width, height, options);
        const { label = "", crisp = false } = options;
        post({ type: "image", rgba, width, height, label, crisp, values: keeps ? data.slice() : null }, [rgba.buffer]);
      },
      plot(series, options = {}) {
        const named = ArrayBuffer.isView(series) || Array.isArray(series) ? { values: series } : series;
        const lists = Object.entries(named).map(([name, list]) => ({ name, values: Array.from(list, Number) }));
        post({ type: "plot", series: lists, options });
      },
    },
    /** A line of the table beside the picture; `isRight` marks a result as checked. */
    fact: (name, value, isRight) => post({ type: "fact", name, value: String(value), isRight }),
    print: (...words) => say(`${words.map(String).join(" ")}\n`),
    slider: (label, options) => control(label, { kind: "slider", min: 0, max: 1, step: 0.01, ...options }, values),
    checkbox: (label, value = false) => control(label, { kind: "checkbox", value }, values),
    choice: (label, options, value = options[0]) => control(label, { kind: "choice", options, value }, values),
    button: (label) => control(label, { kind: "button", value: 0 }, {}),
  };
}

function control(label, spec, values) {
  const value = typeof values[label] === typeof spec.value ? values[label] : spec.value;
  const found = { value, set: (changed) => (found.value = changed) };
  controls.set(label, found);
  post({ type: "control", label, spec: { ...spec, value } });
  return found;
}

/** Frames of a moving picture: gives the seconds since the first, when the page wants the next. */
async function* play() {
  for (;;) {
    post({ type: "frame" });
    yield await new Promise((resolve) => waiting.set("frame", resolve));
    Object.assign(pointer, { dx: 0, dy: 0, wheel: 0 });
  }
}

function say(text) {
  if (printedLength > MOST_PRINTED) return;
  printedLength += text.length;
  post({ type: "print", text: printedLength > MOST_PRINTED ? "... more is not shown\n" : text });
}

function failed(error) {
  if (error instanceof ShapeIsMissing) return;
  const place = /blob:[^\s)]*?:(\d+):(\d+)/.exec(error?.stack ?? "");
  post({
    type: "error", name: error?.name ?? "Error", message: String(error?.message ?? error),
    place: place ? [Number(place[1]), Number(place[2]) - 1] : null,
  });
}

self.addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  failed(event.reason);
});

function post(message, transfer = []) {
  self.postMessage(message, transfer);
}
