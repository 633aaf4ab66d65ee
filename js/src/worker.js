// One thread: runs its part of each launch, and sleeps in between.
import { instance, STATE } from "./wasm_instance.js";

const isNode = typeof self === "undefined";
const threads = "node:worker_threads"; // a name that bundlers do not follow
const port = isNode ? (await import(/* @vite-ignore */ threads)).parentPort : self;

function work({ module, memory, number, top, state, names }) {
  const exports = instance(module, memory, top);
  let seen = Atomics.load(state, STATE.generation);
  port.postMessage({ ready: true });
  for (;;) {
    Atomics.wait(state, STATE.generation, seen);
    seen = Atomics.load(state, STATE.generation);
    try {
      exports[names[Atomics.load(state, STATE.entry)]](Atomics.load(state, STATE.job), number);
    } catch (error) {
      Atomics.add(state, STATE.failed, 1);
      port.postMessage({ error: String(error.message ?? error) });
    }
    if (Atomics.sub(state, STATE.running, 1) === 1) port.postMessage({ last: true });
  }
}

if (isNode) port.once("message", work);
else port.onmessage = (event) => work(event.data);
