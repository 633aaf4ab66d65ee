// Threads that wait in Atomics.wait for the next launch, and say by a message when the last of them has ended.

import { DeviceUnavailable } from "./errors.js";
import { NO_MORE, STATE } from "./wasm_instance.js";

const NODE_THREADS = "node:worker_threads"; // a name that bundlers do not follow

export class Workers {
  #state;
  #threads = [];
  #names;
  #ended = null;
  #errors = [];
  #isLast = false;
  #problem = null;

  /** Starts `count` workers, each with an instance of `module` whose stack ends at `stackTop(worker)`. */
  static async start(count, module, memory, stackTop) {
    const workers = new Workers(count, WebAssembly.Module.exports(module).map((entry) => entry.name));
    try {
      await workers.#start(module, memory, stackTop);
    } catch (error) {
      workers.close();
      throw new DeviceUnavailable(`a thread does not start: ${error.message}`);
    }
    return workers;
  }

  constructor(count, names) {
    this.count = count;
    this.#names = names;
    this.#state = new Int32Array(new SharedArrayBuffer(4 * STATE.words));
  }

  async #start(module, memory, stackTop) {
    const ready = [];
    await Promise.all(
      Array.from({ length: this.count }, async (_, number) => {
        const thread = await newThread();
        this.#threads.push(thread);
        const started = new Promise((resolve, reject) => {
          const died = (error) => {
            reject(error);
            this.#died(error);
          };
          thread.listen((message) => this.#heard(message, resolve), died);
        });
        ready.push(started);
        thread.post({ module, memory, number, top: stackTop(number), state: this.#state, names: this.#names });
      }),
    );
    await Promise.all(ready);
    for (const thread of this.#threads) thread.rest();
  }

  #heard(message, resolve) {
    if (message.ready) resolve();
    if (message.error) this.#errors.push(new Error(message.error));
    if (message.last) this.#isLast = true;
    // The messages of two workers may come in any order.
    if (this.#isLast && this.#errors.length === Atomics.load(this.#state, STATE.failed)) {
      this.#isLast = false;
      for (const thread of this.#threads) thread.rest();
      this.#ended(this.#errors[0] ?? null);
    }
  }

  /** Without one of its workers no launch comes to its end. */
  #died(error) {
    this.#problem ??= new Error(`a thread has ended: ${error.message}`);
    this.#ended?.(this.#problem);
  }

  /** Calls an export on all workers; the error of one that trapped, or null. */
  async run(name, job) {
    if (this.#problem) return this.#problem;
    this.#errors = [];
    for (const thread of this.#threads) thread.wake();
    const ended = new Promise((resolve) => (this.#ended = resolve));
    Atomics.store(this.#state, STATE.running, this.count);
    Atomics.store(this.#state, STATE.failed, 0);
    Atomics.store(this.#state, STATE.job, job);
    Atomics.store(this.#state, STATE.entry, this.#names.indexOf(name));
    this.#wake();
    return ended;
  }

  #wake() {
    Atomics.add(this.#state, STATE.generation, 1);
    Atomics.notify(this.#state, STATE.generation);
  }

  close() {
    Atomics.store(this.#state, STATE.entry, NO_MORE);
    this.#wake();
    for (const thread of this.#threads) thread.end();
  }
}

/** A worker of browsers and Deno, or of Node, behind the same functions. */
async function newThread() {
  const url = new URL("./worker.js", import.meta.url);
  if (typeof Worker !== "undefined") {
    const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
    return {
      listen(heard, failed) {
        worker.onmessage = (event) => heard(event.data);
        worker.onerror = (event) => failed(new Error(event.message ?? "no reason given"));
      },
      post: (message) => worker.postMessage(message),
      wake() {},
      rest() {},
      end: () => worker.terminate(),
    };
  }
  const { Worker: NodeWorker } = await import(/* @vite-ignore */ NODE_THREADS);
  const worker = new NodeWorker(url);
  return {
    listen(heard, failed) {
      worker.on("message", heard);
      worker.on("error", failed);
      worker.on("exit", () => failed(new Error("it has left")));
    },
    post: (message) => worker.postMessage(message),
    wake: () => worker.ref(),
    rest: () => worker.unref(), // a program ends without closing its devices
    end: () => worker.terminate(),
  };
}
