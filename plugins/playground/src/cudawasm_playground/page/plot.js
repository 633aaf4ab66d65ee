// Plots of arrays as SVG, in the page's colours.
import { range } from "./colours.js";
import { makeSvg } from "./dom.js";

const [LEFT, RIGHT, TOP, BOTTOM] = [58, 12, 26, 34];
const MOST_POINTS = 2000;

/**
 * An SVG of `[{ name, values }]`, of `size` in pixels. `options` has `kind` ("line", "bars", "points"), `x`, `label`, `low`,
 * `high`.
 */
export function plotted(series, [width, height], { kind = "line", label = "", x = "", low, high } = {}) {
  const all = series.flatMap(({ values }) => values).filter(Number.isFinite);
  let [least, most] = range(all);
  if (kind === "bars") least = Math.min(0, least);
  [least, most] = [low ?? least, high ?? most];
  if (least === most) [least, most] = [least - 1, most + 1];
  const length = Math.max(1, ...series.map(({ values }) => values.length));
  const place = {
    width, height,
    x: (i) => LEFT + ((i + (kind === "bars" ? 0.5 : 0)) / Math.max(1, kind === "bars" ? length : length - 1)) * (width - LEFT - RIGHT),
    y: (value) => height - BOTTOM - ((value - least) / (most - least)) * (height - TOP - BOTTOM),
  };
  const names = series.map(({ name }) => name).join(", ");
  const said = `${label || `Plot of ${names}`}: ${length} values from ${short(range(all)[0])} to ${short(range(all)[1])}`;
  const svg = makeSvg("svg", { width, height, role: "img", "aria-label": said });
  svg.append(...axes(place, least, most, length, x), ...series.flatMap((one, i) => drawn(one, i, kind, place, length)), ...legend(series));
  return svg;
}

function axes(place, least, most, length, label) {
  const { width, height } = place;
  const found = [];
  for (const value of ticks(least, most, 5)) {
    const y = place.y(value);
    found.push(makeSvg("path", { class: "grid", d: `M${LEFT} ${y}H${width - RIGHT}` }));
    found.push(makeSvg("text", { x: LEFT - 6, y: y + 4, "text-anchor": "end" }, short(value)));
  }
  for (const i of ticks(0, length - 1, 6)) {
    if (!Number.isInteger(i)) continue;
    found.push(makeSvg("text", { x: place.x(i), y: height - BOTTOM + 16, "text-anchor": "middle" }, short(i)));
  }
  found.push(makeSvg("path", { class: "axis", d: `M${LEFT} ${TOP}V${height - BOTTOM}H${width - RIGHT}` }));
  if (label) found.push(makeSvg("text", { x: width - RIGHT, y: height - 3, "text-anchor": "end" }, label));
  return found;
}

function drawn({ values }, number, kind, place, length) {
  const style = `s${number % 3}`;
  const step = Math.max(1, Math.ceil(values.length / MOST_POINTS));
  const some = values.map((value, i) => [i, value]).filter(([i, value]) => i % step === 0 && Number.isFinite(value));
  if (kind === "bars") {
    const wide = Math.max(0.6, (place.x(1) - place.x(0)) * 0.86) * step;
    const d = some.map(([i, value]) => `M${(place.x(i) - wide / 2).toFixed(1)} ${place.y(0)}V${place.y(value).toFixed(1)}h${wide.toFixed(1)}V${place.y(0)}z`);
    return [makeSvg("path", { class: `bar ${style}`, d: d.join("") })];
  }
  if (kind === "points") {
    const r = length > 500 ? 1.2 : 2.5;
    return some.map(([i, value]) => makeSvg("circle", { class: `dot ${style}`, cx: place.x(i).toFixed(1), cy: place.y(value).toFixed(1), r }));
  }
  const d = some.map(([i, value], k) => `${k ? "L" : "M"}${place.x(i).toFixed(1)} ${place.y(value).toFixed(1)}`);
  return [makeSvg("path", { class: `line ${style}`, d: d.join("") })];
}

function legend(series) {
  let at = LEFT + 6;
  return series.flatMap(({ name }, i) => {
    const start = at;
    at += 44 + 7.2 * name.length;
    return [
      makeSvg("path", { class: `line s${i % 3}`, d: `M${start} 12h22` }),
      makeSvg("text", { class: "name", x: start + 28, y: 16 }, name),
    ];
  });
}

/** About `count` round numbers from `least` to `most`. */
function ticks(least, most, count) {
  const rough = (most - least) / count || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough);
  const found = [];
  for (let value = Math.ceil(least / step) * step; value <= most + step / 1e6; value += step) found.push(value);
  return found;
}

/** A number for people. */
export function short(value) {
  if (value === 0) return "0";
  const size = Math.abs(value);
  return size >= 1e6 || size < 1e-3 ? value.toExponential(1) : String(Number(value.toPrecision(4)));
}
