// Formats cases read from stdin: node formatting.mjs, [[format, words as text, kinds, strings], ...] as JSON.
import { readFileSync } from "node:fs";
import { formatText } from "../../js/src/formatting.js";

const cases = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(cases.map(([format, words, ...rest]) => formatText(format, words.map(BigInt), ...rest))));
