// node node_runner.mjs PACKAGE.js REQUEST.json: prints what runCalls gives, as JSON.
import fs from "node:fs";
import { pathToFileURL } from "node:url";
import { runCalls, timeLaunches } from "./runner.mjs";

const { load } = await import(pathToFileURL(process.argv[2]));
const { calls, options, launches } = JSON.parse(fs.readFileSync(process.argv[3], "utf8"));
const answer = launches ? await timeLaunches(load, options, launches) : await runCalls(load, calls, options);
process.stdout.write(JSON.stringify(answer));
