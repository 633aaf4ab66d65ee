// A Run script for kernels that come without one: arrays of a thousand numbers, one launch of each, plots of the results.

const ARRAYS = {
  float: "Float32Array", double: "Float64Array", int: "Int32Array", "unsigned int": "Uint32Array", "unsigned char": "Uint8Array",
  "signed char": "Int8Array", char: "Int8Array", short: "Int16Array", "unsigned short": "Uint16Array",
};

/** The script's text, for kernels as the server describes them. */
export function defaultScript(kernels) {
  const lines = [
    "// Runs beside the page. `kernels` are the kernels above, `view` shows results.",
    "export default async function ({ kernels, view }) {",
    "  const n = 1024;",
  ];
  for (const kernel of kernels) lines.push(...launch(kernel));
  return `${lines.join("\n")}\n}\n`;
}

function launch({ public: name, params, block }) {
  const shown = [];
  const lines = ["", "  {"];
  for (const param of params) {
    const pointee = param.type.match(/^(?:const )?(.*?)(?: const)? ?\*$/)?.[1].replace("const ", "").trim();
    if (pointee === undefined) continue;
    const array = ARRAYS[pointee];
    if (array) {
      lines.push(`    const ${param.name} = Float64Array.from({ length: n }, (_, i) => i % 100);`.replace("Float64Array", array));
      shown.push(param.name);
    } else lines.push(`    const ${param.name} = kernels.buffer(64 * n); // ${param.type}`);
  }
  const given = params.map(({ name: own, type }) => (type.includes("*") ? own : value(type)));
  const size = block.reduce((a, b) => a * b, 1);
  lines.push(`    await kernels.${name}({ grid: Math.ceil(n / ${size}), block: [${block}] }${given.map((text) => `, ${text}`).join("")});`);
  if (shown.length) lines.push(`    view.plot({ ${shown.join(", ")} });`);
  lines.push("  }");
  return lines;
}

function value(type) {
  if (/float|double|half/.test(type)) return "1.5";
  if (type === "bool") return "true";
  return /int|long|short|char|size_t/.test(type) ? "n" : `new ArrayBuffer(0) /* ${type} */`;
}
