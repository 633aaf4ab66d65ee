// What Tint says of WGSL: node tint.mjs FOLDER_WITH_NODE_MODULES FILE... prints a JSON object of errors by file.
import fs from 'fs';
import path from 'path';
import { pathToFileURL } from 'url';

const [folder, ...files] = process.argv.slice(2);
const module = path.join(folder, 'node_modules', 'webgpu', 'index.js');
const { create, globals } = await import(pathToFileURL(module));
Object.assign(globalThis, globals);
const gpu = create(['backend=null']);
const adapter = await gpu.requestAdapter();
const device = await adapter.requestDevice();
device.onuncapturederror = () => {};
const found = {};
for (const file of files) {
    const info = await device.createShaderModule({ code: fs.readFileSync(file, 'utf8') }).getCompilationInfo();
    found[file] = info.messages.map((m) => `${m.type} ${m.lineNum}:${m.linePos} ${m.message}`);
}
console.log(JSON.stringify(found));
process.exit(0);
