// Writes the page's copy of CodeMirror, with the licences of all that is in it: `npm ci && npm run build`, here.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "../src/cudawasm_playground/page/vendor");

const { metafile } = await build({
  absWorkingDir: here,
  entryPoints: ["editor.js"],
  outfile: join(target, "codemirror.js"),
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  metafile: true,
  legalComments: "none",
  banner: { js: "// CodeMirror 6, bundled by plugins/playground/editor/build.mjs. MIT licence: see LICENSE beside this file." },
});

const packages = new Set();
for (const path of Object.keys(metafile.inputs)) {
  const found = path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\//);
  if (found) packages.add(found[1]);
}
const notices = new Map();
for (const name of [...packages].sort()) {
  const folder = join(here, "node_modules", name);
  const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file ? readFileSync(join(folder, file), "utf8").trim() : license;
  notices.set(text, [...(notices.get(text) ?? []), `${name} ${version}`]);
}
const parts = [...notices].map(([text, names]) => `${names.join(", ")}\n\n${text}\n`);
writeFileSync(join(target, "LICENSE"), parts.join(`\n${"-".repeat(80)}\n\n`));
