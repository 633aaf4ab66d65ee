// Records read from stdin: node records.mjs, {sites, words, record, kernel} as JSON.
import { readFileSync } from "node:fs";
import { printed, stopped } from "../../js/src/records.js";

const { sites, words, record, kernel } = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify([printed(sites[0], Uint32Array.from(words)), stopped(sites[1], Uint32Array.from(record), kernel)]));
