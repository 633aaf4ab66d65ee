// The page: editors, compilation as one types, generated code, runs, links.
import { defaultScript } from "./default_script.js";
import { byId, make, tabs } from "./dom.js";
import { makeEditor } from "./editor.js";
import { javascript, labelOf, languageOf } from "./languages.js";
import { Output } from "./output.js";
import { defaultPicture, hearPictures } from "./picture.js";
import { counted, listProblems } from "./problems.js";
import { post, start } from "./server.js";
import { Session } from "./session.js";
import { linkTo, programIn } from "./share.js";

const PAUSE_OF_TYPING = 350; // milliseconds
const STARTER = `__global__ void square(const float* x, float* y) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    y[i] = x[i] * x[i];
}
`;
const STATES = { running: "running", paused: "paused", ended: "ended", failed: "stopped by an error", stopped: "stopped" };
const calm = matchMedia("(prefers-reduced-motion: reduce)");

const output = new Output((message) => {
  session.send(message);
  if (message.type === "control" || message.down) session.step();
});
const session = new Session(compiledFor, heard);
const state = {
  about: null, compiled: null, target: "", generated: { target: "", lines: [] }, scriptProblem: null, picture: defaultPicture(),
  wanted: 0, shown: 0, keeps: false, loaded: null, own: null,
};
const cuda = makeEditor(byId("panel-cuda"), { label: "CUDA source", changed: edited, moved: showCounterparts, run: () => runProgram() });
const script = makeEditor(byId("panel-run"), { label: "Run script, JavaScript", language: javascript, changed: scriptEdited, run: () => runProgram() });
const generated = makeEditor(byId("panel-target"), { label: "Generated code", moved: showSource });
let selectSource;
let typing = 0;

// --- compiling ---

/** The block shapes, options and instances of templates that the options field names. */
function request() {
  const instances = [];
  const options = byId("options").value.replace(/(?:^|\s)(?:-k|--kernel)\s+("[^"]*"|\S+)/g, (_, name) => {
    instances.push(name.replaceAll('"', ""));
    return " ";
  });
  return { source: cuda.text, options: options.trim(), instances };
}

function edited() {
  clearTimeout(typing);
  typing = setTimeout(compile, PAUSE_OF_TYPING);
  byId("status").textContent = "Edited";
}

let underWay = Promise.resolve();

/** Compiles what is in the editor, after what is compiled now; only the last of several waiting calls does. */
function compile(blocks = {}) {
  clearTimeout(typing);
  const number = ++state.wanted;
  const turn = underWay.then(async () => (number === state.wanted ? compiledNow(number, blocks) : null));
  underWay = turn.catch(() => {});
  return turn;
}

async function compiledNow(number, blocks) {
  byId("status").textContent = "Compiling";
  const asked = request();
  let answer;
  try {
    answer = await post("/compile", { ...asked, blocks });
  } catch (error) {
    answer = { diagnostics: [plain(error.message)], kernels: [], templates: [], refused: {}, package: "", milliseconds: 0 };
  }
  if (number !== state.wanted) return null;
  state.compiled = { ...answer, asked, blocks };
  showCompiled(answer);
  showGenerated();
  return state.compiled;
}

function plain(message) {
  return { code: "", severity: "error", message, hint: "", target: "", place: null };
}

function problems() {
  const { diagnostics, refused } = state.compiled ?? { diagnostics: [], refused: {} };
  const ofTargets = Object.values(refused).flatMap((found) => found.diagnostics);
  return [...diagnostics, ...ofTargets];
}

function showCompiled(answer) {
  const found = problems();
  cuda.mark(found.filter(({ place }) => place).map((problem) => ({
    severity: problem.severity, ...problem.place,
    message: [`${problem.code}: ${problem.message}`, problem.hint && `Hint: ${problem.hint}`].filter(Boolean).join("\n"),
  })));
  showProblems();
  const names = answer.kernels.map(({ name }) => name);
  const select = byId("kernel");
  const before = select.value;
  select.replaceChildren(...names.map((name) => make("option", { value: name }, name)));
  if (names.includes(before)) select.value = before;
  byId("kernel-label").hidden = names.length < 2;
  const count = counted(found);
  const done = answer.package ? `Compiled in ${answer.milliseconds} ms` : names.length || count ? "Not compiled" : "No kernels";
  byId("status").textContent = [done, count].filter(Boolean).join(", ");
}

function showProblems() {
  const all = state.scriptProblem ? [state.scriptProblem, ...problems()] : problems();
  listProblems(all, ({ place, file }) => {
    selectSource(file ? "run" : "cuda");
    (file ? script : cuda).goTo(...place.from);
  });
}

/** What a session needs of a package with the given block shapes; null where there is none. */
async function compiledFor(asked) {
  let made = state.compiled;
  const isCurrent = made && JSON.stringify(made.asked) === JSON.stringify(request());
  const blocks = blocksFor(isCurrent ? made.kernels : [], asked);
  if (!isCurrent || !made.package || JSON.stringify(made.blocks) !== JSON.stringify(blocks)) {
    made = await compile(blocks);
    if (made && !isCurrent) {
      const again = blocksFor(made.kernels, asked);
      if (JSON.stringify(again) !== JSON.stringify(blocks)) made = await compile(again);
    }
  }
  if (!made?.package) {
    if (made) byId("run-status").textContent = "not run: the program does not compile";
    return null;
  }
  const shapes = made.kernels.map((kernel) => [kernel.public, made.blocks[kernel.public] ?? [kernel.block]]);
  const refused = Object.fromEntries(Object.entries(made.refused).map(([target, { kernels }]) => [target, kernels]));
  return { packageUrl: new URL(made.package, location.href).href, blocks: Object.fromEntries(shapes), refused };
}

/** The usual shape of each kernel for which the program asked for others, and these. */
function blocksFor(kernels, asked) {
  const known = kernels.filter((kernel) => asked[kernel.public]?.length);
  return Object.fromEntries(known.map((kernel) => [kernel.public, [kernel.block, ...asked[kernel.public]]]));
}

// --- generated code ---

async function showGenerated() {
  const kernel = byId("kernel").value;
  const { target } = state;
  const number = ++state.shown;
  const status = byId("target-status");
  if (!kernel) {
    status.textContent = state.compiled ? "There is no kernel that compiles; what is shown is older." : "";
    return;
  }
  let answer;
  try {
    answer = await post("/generate", { ...state.compiled.asked, kernel, target });
  } catch (error) {
    answer = { text: "", lines: [], diagnostics: [plain(error.message)] };
  }
  if (number !== state.shown) return;
  if (generated.text !== answer.text) generated.load(answer.text, languageOf(target));
  const isOtherTarget = state.generated.target !== target;
  state.generated = { ...answer, target };
  const said = answer.diagnostics.map(({ code, message, place }) => `${place ? `Line ${place.from[0]}: ` : ""}${code} ${message}`).join("; ");
  const isLinked = answer.lines.some((line) => line > 0);
  status.textContent = said || (isLinked ? "" : `${labelOf(target)} does not say which CUDA line it comes from.`);
  generated.link(counterparts(cuda.view.state.doc.lineAt(cuda.view.state.selection.main.head).number), isOtherTarget);
}

/** The lines of generated code that are of a CUDA line. */
function counterparts(line) {
  return state.generated.lines.flatMap((of, i) => (of === line ? [i + 1] : []));
}

function showCounterparts(line) {
  generated.link(counterparts(line));
  cuda.link([], false);
}

function showSource(line) {
  const of = state.generated.lines[line - 1] ?? 0;
  cuda.link(of ? [of] : []);
  generated.link(of ? counterparts(of) : [], false);
}

// --- running ---

function scriptEdited() {
  if (!state.scriptProblem) return;
  state.scriptProblem = null;
  script.mark([]);
  showProblems();
}

async function runProgram() {
  byId("notice").hidden = true;
  scriptEdited();
  output.clear();
  byId("run-status").textContent = "starting";
  const { picture, keeps } = state;
  await session.run({ script: script.text, device: byId("device").value, values: output.values, picture, keeps }, calm.matches);
}

function heard(message) {
  switch (message.type) {
    case "state":
      showState(message.state);
      break;
    case "error":
      showScriptProblem(message);
      break;
    case "done":
    case "frame":
      break;
    default:
      output[message.type](message);
  }
}

function showState(name) {
  if (byId("run-status").textContent !== STATES[name]) byId("run-status").textContent = STATES[name];
  for (const button of [byId("pause"), byId("stop")]) {
    if (!session.isRunning && button === document.activeElement) byId("run").focus(); // a disabled button has no focus
    button.disabled = !session.isRunning;
  }
  byId("pause").textContent = session.isRunning && session.isPaused ? "Play" : "Pause";
}

function showScriptProblem({ name, message, place }) {
  output.print({ text: `${name}: ${message}\n` }, "error");
  const isOfKernel = name === "LaunchError" || name === "DeviceUnavailable";
  state.scriptProblem = { ...plain(message), code: name, file: "Run script", place: place && { from: place, to: place } };
  if (place && !isOfKernel) script.mark([{ severity: "error", message: `${name}: ${message}`, from: place, to: place }]);
  showProblems();
}

// --- programs ---

function loadProgram(program) {
  const { source, run, options = "", device = "" } = program;
  session.stop();
  state.loaded = program;
  session.forget();
  output.reset();
  state.scriptProblem = null;
  cuda.load(source);
  script.load(run);
  script.mark([]);
  byId("options").value = options;
  byId("device").value = device;
  byId("run-status").textContent = "not run yet";
  byId("about").textContent = "";
  byId("drop").hidden = !/function\s*\w*\s*\(\{[^}]*\bpicture\b/.test(run);
}

/** What is in the editors. */
function currentProgram() {
  return { source: cuda.text, run: script.text, options: byId("options").value, device: byId("device").value };
}

/** Keeps what was written before something else takes its place. */
function keepOwn() {
  const { loaded } = state;
  if (loaded && (loaded.source !== cuda.text || loaded.run !== script.text)) state.own = currentProgram();
}

async function chooseExample(name) {
  keepOwn();
  const example = state.about.examples.find((found) => found.name === name);
  if (!example) {
    if (!state.own) {
      await beginWithSource(STARTER);
      return;
    }
    loadProgram(state.own);
    await compile();
    return;
  }
  loadProgram(example);
  byId("about").textContent = example.about;
  selectSource("cuda");
  await runProgram();
}

async function share() {
  const link = await linkTo(currentProgram());
  history.replaceState(null, "", link);
  let said = "The address of this page now holds the program";
  try {
    await navigator.clipboard.writeText(link);
    said = "The link is copied; the program is in it";
  } catch {
    // The address bar has it.
  }
  notice(`${said}, ${Math.ceil(link.length / 1000)} kB. Nothing was sent anywhere.`);
}

function notice(text) {
  byId("notice").textContent = text;
  byId("notice").hidden = false;
}

async function begin() {
  state.about = await start();
  const { examples, targets, source } = state.about;
  byId("example").append(make("option", { value: "" }, "Own program"), ...examples.map(({ name, title }) => make("option", { value: name }, title)));
  selectSource = tabs(byId("source-tabs"), [
    { id: "cuda", label: "CUDA", panel: "panel-cuda" }, { id: "run", label: "Run script", panel: "panel-run" },
  ], () => {});
  selectSource("cuda");
  state.target = targets[0];
  tabs(byId("target-tabs"), targets.map((target) => ({ id: target, label: labelOf(target), panel: "panel-target" })), (target) => {
    const isOther = state.target !== target;
    state.target = target;
    if (isOther) showGenerated();
  })(targets[0]);
  if (await beginWithLink()) return;
  if (source) await beginWithSource(source);
  else {
    byId("example").value = examples[0].name;
    await chooseExample(examples[0].name);
  }
}

/** A link brings a program that someone else may have written: it is compiled and shown, and runs when it is told to. */
async function beginWithLink() {
  let program;
  try {
    program = await programIn(location.hash);
  } catch (error) {
    notice(`The link cannot be read: ${error.message}`);
    return false;
  }
  if (!program) return false;
  keepOwn();
  state.own = program;
  byId("example").value = "";
  loadProgram(program);
  notice("This program came with the link. Read it, CUDA and Run script; it runs when you press Run.");
  await compile();
  return true;
}

async function beginWithSource(source) {
  byId("example").value = "";
  loadProgram({ source, run: "" });
  const made = await compile();
  const run = defaultScript(made?.kernels ?? []);
  state.loaded = state.own = { source, run };
  script.load(run);
}

byId("run").addEventListener("click", () => runProgram());
byId("stop").addEventListener("click", () => session.stop());
byId("pause").addEventListener("click", () => (session.isPaused ? session.resume() : session.pause()));
byId("share").addEventListener("click", share);
byId("options").addEventListener("input", edited);
byId("kernel").addEventListener("change", showGenerated);
byId("example").addEventListener("change", (event) => {
  history.replaceState(null, "", location.pathname);
  byId("notice").hidden = true;
  chooseExample(event.target.value);
});
byId("device").addEventListener("change", () => session.isRunning && runProgram());
addEventListener("hashchange", beginWithLink);
addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.defaultPrevented) runProgram();
});
hearPictures((picture) => {
  state.picture = picture;
  runProgram();
}, notice);

/** For scripts in the browser's console. */
globalThis.playground = { output, session, state, cuda, script, generated, runProgram, loadProgram, chooseExample };
begin().catch((error) => {
  byId("status").textContent = `The page cannot begin: ${error.message}`;
});
