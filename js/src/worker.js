// One thread: runs its part of each launch, and sleeps in between.
import { instance, NO_MORE, STATE } from "./wasm_instance.js";

const NODE_THREADS = "node:worker_threads"; // a name that bundlers do not follow

function work(port, { module, memory, number, top, state, names }) {
  const own = instance(module, memory, top);
  let seen = Atomics.load(state, STATE.generation);
  port.postMessage({ ready: true });
  for (;;) {
    Atomics.wait(state, STATE.generation, seen);
    seen = Atomics.load(state, STATE.generation);
    const entry = Atomics.load(state, STATE.entry);
    if (entry === NO_MORE) return port.close();
    try {
      own.run(names[entry], Atomics.load(state, STATE.job), number);
    } catch (error) {
      Atomics.add(state, STATE.failed, 1);
      port.postMessage({ error: String(error.message ?? error) });
    }
    if (Atomics.sub(state, STATE.running, 1) === 1) port.postMessage({ last: true });
  }
}

if (typeof self !== "undefined") {
  self.onmessage = (event) => work(self, event.data);
} else {
  import(/* @vite-ignore */ NODE_THREADS).then(({ parentPort }) => {
    parentPort.once("message", (message) => work(parentPort, message));
  });
}
