// A run of a program: the worker that executes it, its frames, and the package with the block shapes that it asks for.

const MOST_SHAPES = 12;

/**
 * `compile(blocks)` gives a package for more block shapes; `hear(message)` gets all that the program says, and
 * `{ type: "state", state }` with "running", "paused", "ended", "failed" or "stopped".
 */
export class Session {
  #worker = null;
  #time = 0;
  #last = 0;
  #asked = {};
  #isWaiting = false;
  #frame = 0;
  isPaused = false;

  constructor(compile, hear) {
    this.compile = compile;
    this.hear = hear;
  }

  get isRunning() {
    return this.#worker !== null;
  }

  /** Runs `program`: `{ script, device, values, picture, keeps }`; a run before it ends. */
  async run(program, isPaused = false) {
    this.stop();
    this.program = program;
    this.isPaused = isPaused;
    const made = await this.compile(this.#asked);
    if (!made) return;
    this.stop();
    this.#frame = this.#time = 0;
    this.#isWaiting = false;
    const worker = new Worker(new URL("./runner.js", import.meta.url), { type: "module", name: "program" });
    this.#worker = worker;
    worker.onmessage = ({ data }) => worker === this.#worker && this.#heard(data);
    worker.onerror = (event) => worker === this.#worker && this.#end("failed", { type: "error", name: "Error", message: event.message || "the script cannot be loaded", place: null });
    worker.postMessage({ type: "start", ...program, ...made });
    this.hear({ type: "state", state: "running" });
  }

  /** Other programs need other block shapes. */
  forget() {
    this.#asked = {};
  }

  stop() {
    if (this.#worker) this.#end("stopped");
  }

  pause() {
    this.isPaused = true;
    this.hear({ type: "state", state: "paused" });
  }

  resume() {
    this.isPaused = false;
    this.hear({ type: "state", state: "running" });
    if (this.#isWaiting) this.#next();
  }

  send(message) {
    this.#worker?.postMessage(message);
  }

  /** One frame more while paused, so that a changed input is seen. */
  step() {
    if (this.isPaused && this.#isWaiting) this.#next();
  }

  #heard(message) {
    switch (message.type) {
      case "frame":
        this.#isWaiting = true;
        if (!this.isPaused || this.#frame === 0) this.#next();
        else this.hear({ type: "state", state: "paused" });
        break;
      case "shape":
        this.#want(message);
        return;
      case "error":
        this.#end("failed", message);
        return;
      case "done":
        this.#end("ended", message);
        return;
    }
    this.hear(message);
  }

  #next() {
    this.#isWaiting = false;
    const worker = this.#worker;
    requestAnimationFrame((now) => {
      // A program's time stands still while it is paused, and goes on by a frame for each step.
      if (this.#frame++ > 0) this.#time += this.isPaused ? 1 / 60 : Math.min(0.1, (now - this.#last) / 1000);
      this.#last = now;
      worker?.postMessage({ type: "next", time: this.#time });
    });
  }

  #want({ kernel, block }) {
    const shapes = (this.#asked[kernel] ??= []);
    if (shapes.length >= MOST_SHAPES) {
      this.#end("failed", { type: "error", name: "Error", message: `${kernel} is launched with too many block shapes`, place: null });
      return;
    }
    if (!shapes.some((known) => known.join() === block.join())) shapes.push(block);
    this.run(this.program, this.isPaused);
  }

  #end(state, message) {
    this.#worker.terminate();
    this.#worker = null;
    if (message) this.hear(message);
    this.hear({ type: "state", state });
  }
}
