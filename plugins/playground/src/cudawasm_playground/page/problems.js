// Diagnostics as a list, each leading to its line.
import { byId, make } from "./dom.js";

/** Shows diagnostics of the server; `goTo(place)` moves the cursor. */
export function listProblems(diagnostics, goTo) {
  const items = diagnostics.map((found) => {
    const parts = [
      make("span", { class: found.severity }, make("strong", {}, `${head(found)} `), found.message),
      found.hint ? make("span", { class: "fix" }, `Hint: ${found.hint}`) : null,
    ];
    if (!found.place) return make("li", {}, make("div", {}, ...parts.filter(Boolean)));
    return make("li", {}, make("button", { type: "button", onclick: () => goTo(found) }, ...parts.filter(Boolean)));
  });
  byId("problems").replaceChildren(...items);
}

function head({ place, severity, code, target, file }) {
  const where = place ? `${file ? `${file}, line` : "Line"} ${place.from[0]}: ` : "";
  const who = target ? `, ${target}` : "";
  return `${where}${severity}${code ? ` ${code}` : ""}${who}:`;
}

/** How many there are, in words. */
export function counted(diagnostics) {
  const parts = ["error", "warning", "note"].map((severity) => {
    const count = diagnostics.filter((found) => found.severity === severity).length;
    return count ? `${count} ${severity}${count > 1 ? "s" : ""}` : "";
  });
  return parts.filter(Boolean).join(", ");
}
