// What the page and its workers share: an instance of the package's module, and words by which they talk.

/** Where the words of a launch are: a counter of launches, who still runs, what to run, and how many failed. */
export const STATE = { generation: 0, running: 1, job: 2, entry: 3, failed: 4, words: 5 };

/** What there is to run when a worker is to end. */
export const NO_MORE = -1;

/** An instance on `memory` whose stack ends at `top`: `run(name, ...)` calls an export. */
export function instance(module, memory, top) {
  const stack = new WebAssembly.Global({ value: "i32", mutable: true }, top);
  const env = { memory, stack, cudawasm_clock: () => BigInt(Math.round(performance.now() * 1e6)) };
  const { exports } = new WebAssembly.Instance(module, { env });
  const run = (name, ...values) => {
    stack.value = top; // code that trapped has left it where it was
    return exports[name](...values);
  };
  return { run };
}
