// What a program shows: picture, plot, table, inputs, printed text and the device it ran on.
import { byId, make } from "./dom.js";
import { plotted, short } from "./plot.js";

const DEVICES = { webgpu: "WebGPU", "wasm-threads": "WASM threads", "wasm-simd": "WASM SIMD" };
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const STEP = 0.02;

/** `send(message)` reaches the program. */
export class Output {
  #picture = byId("picture");
  #facts = new Map();
  #inputs = new Map();
  #frames = [];
  #options = {};
  /** The last of everything, for scripts in the browser's console. */
  last = { image: null, plot: null, facts: {}, printed: "", device: "", frames: 0 };

  constructor(send) {
    this.send = send;
    this.values = {};
    this.#hearPointer();
    new ResizeObserver(() => this.#drawPlot()).observe(byId("plot"));
    byId("controls").addEventListener("submit", (event) => event.preventDefault());
  }

  /** Before a run; inputs of the same program keep their values. */
  clear() {
    this.#facts.clear();
    this.#inputs.clear();
    this.#frames = [];
    byId("facts").replaceChildren();
    byId("controls").replaceChildren();
    byId("console").replaceChildren();
    byId("console-box").hidden = true;
    byId("rate").textContent = "";
    Object.assign(this.last, { image: null, plot: null, facts: {}, printed: "", device: "", frames: 0 });
  }

  /** For another program. */
  reset() {
    this.values = {};
    this.clear();
    this.#picture.hidden = byId("plot").hidden = true;
    byId("device-list").replaceChildren();
    byId("devices").querySelector("summary").textContent = "Device: not run yet";
  }

  image({ rgba, width, height, label, crisp, values }) {
    const canvas = this.#picture;
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    canvas.hidden = false;
    canvas.classList.toggle("crisp", crisp || width < 200);
    const said = label || `Picture of ${width} by ${height} pixels`;
    if (canvas.getAttribute("aria-label") !== said) canvas.setAttribute("aria-label", said);
    canvas.getContext("2d").putImageData(new ImageData(rgba, width, height), 0, 0);
    this.last.image = { rgba, width, height, values };
    byId("plot").hidden = this.last.plot === null;
    this.#count();
  }

  plot({ series, options }) {
    this.last.plot = series;
    this.#options = options;
    byId("plot").hidden = false;
    this.#picture.hidden = this.last.image === null;
    this.#drawPlot();
    this.#count();
  }

  #drawPlot() {
    const { clientWidth, clientHeight } = byId("plot");
    if (!this.last.plot || clientWidth === 0) return;
    byId("plot").replaceChildren(plotted(this.last.plot, [clientWidth - 10, Math.max(120, clientHeight - 10)], this.#options));
  }

  #count() {
    this.last.frames += 1;
    const now = performance.now();
    this.#frames = [...this.#frames.filter((time) => now - time < 1000), now];
    if (this.#frames.length < 3) return;
    const rate = ((this.#frames.length - 1) * 1000) / (now - this.#frames[0]);
    byId("rate").textContent = `${rate.toFixed(rate < 10 ? 1 : 0)} frames/s`;
  }

  fact({ name, value, isRight }) {
    let entry = this.#facts.get(name);
    if (!entry) {
      entry = make("dd");
      this.#facts.set(name, entry);
      byId("facts").append(make("dt", {}, name), entry);
    }
    entry.textContent = isRight === undefined ? value : `${isRight ? "✓" : "✗ wrong:"} ${value}`;
    entry.className = isRight === undefined ? "" : isRight ? "right" : "wrong";
    this.last.facts[name] = { value, isRight };
  }

  print({ text }, kind = "") {
    byId("console-box").hidden = false;
    const log = byId("console");
    log.append(make("span", { class: kind }, text));
    log.scrollTop = log.scrollHeight;
    this.last.printed += text;
  }

  device({ name, reasons, isChosen }) {
    this.last.device = name;
    byId("devices").querySelector("summary").textContent = `Device: ${DEVICES[name]}`;
    const rows = Object.keys(DEVICES).map((other) => {
      const reason = reasons.find(({ device }) => device === other)?.reason;
      const said = other === name ? "taken" : (reason ?? (isChosen ? "not asked for" : "not needed"));
      return make("li", { class: other === name ? "taken" : "" }, `${DEVICES[other]}: ${said}`);
    });
    byId("device-list").replaceChildren(...rows);
    byId("devices").open ||= reasons.length > 0;
  }

  control({ label, spec }) {
    const found = this.#inputs.get(label);
    if (found) return;
    this.#inputs.set(label, spec);
    const change = (value) => {
      this.values[label] = value;
      this.send({ type: "control", label, value });
    };
    byId("controls").append(inputFor(label, spec, change));
  }

  #hearPointer() {
    const canvas = this.#picture;
    const tell = (event, down, inside = true) => {
      const box = pictureBox(canvas);
      const x = (event.clientX - box.left) / box.width;
      const y = (event.clientY - box.top) / box.height;
      this.at = [x, y];
      this.send({ type: "pointer", x, y, down, inside });
    };
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      tell(event, true);
    });
    canvas.addEventListener("pointermove", (event) => tell(event, event.buttons > 0));
    canvas.addEventListener("pointerup", (event) => tell(event, false));
    canvas.addEventListener("pointerleave", (event) => tell(event, false, false));
    canvas.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && document.activeElement !== canvas) return;
      event.preventDefault();
      const [x, y] = this.at ?? [0.5, 0.5];
      this.send({ type: "pointer", x, y, down: false, inside: true, wheel: event.deltaY });
    }, { passive: false });
    this.#hearKeys(canvas);
  }

  /** The arrow keys move what the pointer moves, with Space or Shift as its button. */
  #hearKeys(canvas) {
    let isDown = false;
    const tell = () => this.send({ type: "pointer", x: this.at[0], y: this.at[1], down: isDown, inside: true });
    canvas.addEventListener("keydown", (event) => {
      this.at ??= [0.5, 0.5];
      const arrow = ARROWS[event.key];
      if (event.key === " ") isDown = true;
      else if (!arrow) return;
      event.preventDefault();
      if (arrow) this.at = this.at.map((value, i) => Math.max(0, Math.min(1, value + STEP * arrow[i])));
      tell();
    });
    canvas.addEventListener("keyup", (event) => {
      if (event.key !== " ") return;
      isDown = false;
      tell();
    });
  }
}

/** Where in the canvas element its picture is, which keeps its shape. */
function pictureBox(canvas) {
  const box = canvas.getBoundingClientRect();
  const scale = Math.min(box.width / canvas.width, box.height / canvas.height);
  const [width, height] = [canvas.width * scale, canvas.height * scale];
  return { left: box.left + (box.width - width) / 2, top: box.top + (box.height - height) / 2, width, height };
}

function inputFor(label, spec, change) {
  switch (spec.kind) {
    case "slider": {
      const shown = make("output", {}, short(spec.value));
      const { min, max, step, value } = spec;
      const input = make("input", { type: "range", min, max, step, value, "aria-label": label, oninput: () => {
        shown.textContent = short(Number(input.value));
        change(Number(input.value));
      } });
      return make("label", {}, label, shown, input);
    }
    case "checkbox": {
      const input = make("input", { type: "checkbox", checked: spec.value, onchange: () => change(input.checked) });
      return make("label", { class: "check" }, input, label);
    }
    case "choice": {
      const options = spec.options.map((option) => make("option", { selected: option === spec.value }, option));
      const select = make("select", { onchange: () => change(select.value) }, ...options);
      return make("label", {}, label, select);
    }
    default: {
      let presses = 0;
      return make("button", { type: "button", onclick: () => change(++presses) }, label);
    }
  }
}
