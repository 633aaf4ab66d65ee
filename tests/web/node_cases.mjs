// node node_cases.mjs FOLDER DEVICE [DAWN]: launches the kernel of each case in cases.json; answers in answers.json.
import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { WasmDevice } from "../../js/src/wasm.js";
import { WebGpuDevice } from "../../js/src/webgpu.js";

const [folder, wanted, dawn] = process.argv.slice(2);
const bytesOf = (text) => new Uint8Array(Buffer.from(text, "base64"));
let gpu;
if (dawn) {
  const { create, globals } = await import(pathToFileURL(path.join(dawn, "index.js")));
  Object.assign(globalThis, globals);
  gpu = create(["backend=vulkan"]);
}

async function run({ case: name, manifest, prefix, name: kernel, shape, args }) {
  let text = "";
  const read = async (file) => new Uint8Array(fs.readFileSync(path.join(folder, prefix + file)));
  const options = { threads: 2, gpu, device: wanted, print: (part) => (text += part) };
  const device = await (dawn ? WebGpuDevice : WasmDevice).open(manifest, read, options, wanted);
  let error = null;
  const arrays = [];
  try {
    const memories = args.map(({ array }) => {
      if (array === undefined) return null;
      const bytes = bytesOf(array);
      const memory = device.allocate(bytes.length);
      device.write(memory, 0, bytes);
      return memory;
    });
    const values = args.map(({ value }, i) => (value === undefined ? { memory: memories[i], offset: 0 } : bytesOf(value)));
    await device.launch(kernel, shape, values);
    for (const memory of memories) {
      arrays.push(memory && Buffer.from(await device.read(memory, 0, memory.nbytes)).toString("base64"));
    }
  } catch (thrown) {
    error = thrown.message;
  }
  await device.close();
  return { name, level: device.level, text, error, arrays };
}

const answers = [];
for (const asked of JSON.parse(fs.readFileSync(path.join(folder, "cases.json"), "utf8"))) {
  answers.push(await run(asked));
  if (dawn) fs.writeFileSync(path.join(folder, "answers.json"), JSON.stringify(answers));
}
fs.writeFileSync(path.join(folder, "answers.json"), JSON.stringify(answers));
process.exit(0);
