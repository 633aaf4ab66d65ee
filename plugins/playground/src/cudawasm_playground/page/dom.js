// Small helpers for the page's elements.

export const byId = (id) => document.getElementById(id);

/** An element with attributes, properties that begin with "on", and children. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== ""));
  return element;
}

/** An element of SVG. */
export function makeSvg(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/**
 * Tabs of which one is selected, reached by Tab as one and by the arrow keys among each other.
 * `items` are `{ id, label, panel }`; returns `select(id)`.
 */
export function tabs(list, items, chosen) {
  const buttons = new Map();
  const select = (id, byUser = false) => {
    for (const [other, button] of buttons) {
      const isChosen = other === id;
      button.setAttribute("aria-selected", String(isChosen));
      button.tabIndex = isChosen ? 0 : -1;
    }
    for (const item of items) byId(item.panel).hidden = item.panel !== items.find((i) => i.id === id).panel;
    byId(items.find((i) => i.id === id).panel).setAttribute("aria-labelledby", buttons.get(id).id);
    if (byUser) buttons.get(id).focus();
    buttons.get(id).scrollIntoView({ block: "nearest", inline: "nearest" });
    chosen(id);
  };
  for (const { id, label, panel } of items) {
    const button = make("button", { role: "tab", type: "button", id: `tab-${id}`, "aria-controls": panel, onclick: () => select(id) }, label);
    buttons.set(id, button);
  }
  list.replaceChildren(...buttons.values());
  list.addEventListener("keydown", (event) => {
    const ids = [...buttons.keys()];
    const at = ids.findIndex((id) => buttons.get(id) === document.activeElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: ids.length - 1 }[event.key];
    if (to === undefined || at < 0) return;
    event.preventDefault();
    select(ids.at(to % ids.length), true);
  });
  return select;
}
