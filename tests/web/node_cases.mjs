// node node_cases.mjs FOLDER: launches the kernel of each case in cases.json on the runtime's device; answers in answers.json.
import fs from "node:fs";
import path from "node:path";
import { WasmDevice } from "../../js/src/wasm.js";

const folder = process.argv[2];
const bytesOf = (text) => new Uint8Array(Buffer.from(text, "base64"));

async function run({ manifest, name, shape, args }) {
  let text = "";
  const read = async (file) => new Uint8Array(fs.readFileSync(path.join(folder, file)));
  const options = { threads: 2, print: (part) => (text += part) };
  const device = await WasmDevice.open(manifest, read, options, "wasm-threads");
  const memories = args.map(({ array }) => {
    if (array === undefined) return null;
    const bytes = bytesOf(array);
    const memory = device.allocate(bytes.length);
    device.write(memory, 0, bytes);
    return memory;
  });
  const values = args.map(({ value }, i) => (value === undefined ? { memory: memories[i], offset: 0 } : bytesOf(value)));
  let error = null;
  try {
    await device.launch(name, shape, values);
  } catch (thrown) {
    error = thrown.message;
  }
  const arrays = [];
  for (const memory of memories) {
    arrays.push(memory && Buffer.from(await device.read(memory, 0, memory.nbytes)).toString("base64"));
  }
  await device.close();
  return { text, error, arrays };
}

const answers = [];
for (const asked of JSON.parse(fs.readFileSync(path.join(folder, "cases.json"), "utf8"))) answers.push(await run(asked));
fs.writeFileSync(path.join(folder, "answers.json"), JSON.stringify(answers));
