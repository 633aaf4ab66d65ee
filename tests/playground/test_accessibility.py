"""The page without a mouse, without good eyes and without much room."""

from __future__ import annotations

import re

import pytest

SCHEMES = ("light", "dark")
TEXTS = ("text", "muted", "accent", "error", "warning", "good", "keyword", "type", "string", "number", "comment")
GROUNDS = ("surface", "ground", "active")
ON_LINKED = ("text", "keyword", "type", "string", "number", "comment")
GRAPHICS = ("control", "accent", "series-1", "series-2", "series-3")


FOCUS_IS_SEEN = """(() => {
  const e = document.activeElement;
  return e.closest(".panel") ? getComputedStyle(e.closest(".panel")).boxShadow !== "none" : getComputedStyle(e).outlineStyle !== "none";
})()"""


def colours(page):
    names = sorted({*TEXTS, *GROUNDS, *GRAPHICS, "on-accent", "linked"})
    found = page.eval(
        "(names) => Object.fromEntries(names.map((name) => [name, getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()]))",
        names,
    )
    return {name: tuple(int(value[i : i + 2], 16) for i in (1, 3, 5)) for name, value in found.items()}


def contrast(one, other):
    def light(colour):
        parts = [c / 255 for c in colour]
        linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    a, b = sorted((light(one), light(other)))
    return (b + 0.05) / (a + 0.05)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_colours_have_contrast(open_page, scheme):
    page = open_page(color_scheme=scheme, reduced_motion="reduce")
    found = colours(page)
    pairs = [(text, ground, 4.5) for text in TEXTS for ground in GROUNDS]
    pairs += [(text, "linked", 4.5) for text in ON_LINKED] + [("on-accent", "accent", 4.5)]
    pairs += [(graphic, ground, 3) for graphic in GRAPHICS for ground in GROUNDS[:2]]
    low = [
        (a, b, round(contrast(found[a], found[b]), 2)) for a, b, least in pairs if contrast(found[a], found[b]) < least
    ]
    assert low == []
    page.frames(1)
    page.example("saxpy")
    page.ended()
    page.shot(f"scheme-{scheme}")


def test_all_controls_have_names_and_ids_are_unique(open_page):
    page = open_page(reduced_motion="reduce")
    for example in ("mandelbrot", "histogram"):
        page.example(example)
        page.frames(1)
        unnamed = page.eval("""() => {
          const nameOf = (e) => [e.getAttribute("aria-label"), ...[...(e.labels ?? [])].map((l) => l.textContent),
            ...(e.getAttribute("aria-labelledby") ?? "").split(" ").map((id) => document.getElementById(id)?.textContent),
            e.matches("button, summary, a, [role=tab]") ? e.textContent : "", e.getAttribute("alt")].filter(Boolean).join("").trim();
          const found = [...document.querySelectorAll("button, a, input, select, textarea, summary, canvas, svg[role], [role], [tabindex]")];
          return found.filter((e) => e.checkVisibility() && !e.matches("[role=presentation], [role=status], [tabindex='-1'], li, ul"))
            .filter((e) => !nameOf(e)).map((e) => e.outerHTML.slice(0, 120));
        }""")
        assert unnamed == []
    assert (
        page.eval(
            "[...document.querySelectorAll('[id]')].map((e) => e.id).filter((id, i, all) => all.indexOf(id) !== i)"
        )
        == []
    )
    assert page.eval("document.documentElement.lang") == "en"
    assert page.eval("[...document.querySelectorAll('h1, h2, h3')].map((e) => e.tagName)")[0] == "H1"
    assert page.eval(
        "[...document.querySelectorAll('[role=tab]')].every((t) => document.getElementById(t.getAttribute('aria-controls')))"
    )
    for live in ("#status", "#run-status", "#notice", "#target-status"):
        assert page.raw.get_attribute(live, "role") == "status"


def focused(page):
    return page.eval("""() => {
      const e = document.activeElement;
      if (e.closest(".cm-content")) return e.closest(".panel").id;
      return e.id || (e.closest("[id]")?.id ?? e.className);
    }""")


def test_everything_is_reached_by_keys(open_page):
    page = open_page(reduced_motion="reduce")
    page.frames(1)
    keys = page.raw.keyboard
    reached = []
    for _ in range(40):
        keys.press("Tab")
        page.raw.wait_for_timeout(50)  # editors see a little later that they have the focus
        here = focused(page)
        if page.eval("document.activeElement === document.body"):
            break
        if here in reached and here != "controls":
            break
        assert page.eval(FOCUS_IS_SEEN), here
        reached.append(here)
        if here.startswith("panel-"):
            keys.press("Escape")  # Tab would indent
    wanted = ["example", "device", "run", "pause", "stop", "share", "tab-cuda", "panel-cuda", "options", "picture", "controls",
              "devices", "tab-wgsl-browser", "panel-target"]  # fmt: skip
    assert [name for name in reached if name in wanted and name != "controls"] == [n for n in wanted if n != "controls"]
    assert reached.count("controls") == 2


def test_tab_indents_and_escape_lets_go(open_page):
    page = open_page(reduced_motion="reduce")
    page.frames(1)
    page.eval("playground.cuda.goTo(2)")
    page.raw.keyboard.press("Tab")
    assert page.eval("playground.cuda.text").split("\n")[1].startswith("    struct")
    page.raw.keyboard.press("Escape")
    page.raw.keyboard.press("Tab")
    assert focused(page) == "options"
    page.raw.keyboard.press("Shift+Tab")
    assert focused(page) == "panel-cuda"


def test_tabs_follow_the_arrow_keys(open_page):
    page = open_page(reduced_motion="reduce")
    page.frames(1)
    page.raw.focus("#tab-cuda")
    page.raw.keyboard.press("ArrowRight")
    assert (focused(page), page.raw.is_visible("#panel-run"), page.raw.is_visible("#panel-cuda")) == (
        "tab-run",
        True,
        False,
    )
    page.raw.keyboard.press("ArrowRight")
    assert focused(page) == "tab-cuda"
    page.raw.focus("#tab-wgsl-browser")
    page.raw.keyboard.press("End")
    last = focused(page)
    assert page.raw.get_attribute(f"#{last}", "aria-selected") == "true"
    assert page.eval("document.querySelectorAll('#target-tabs [tabindex=\"0\"]').length") == 1
    page.raw.keyboard.press("Home")
    assert focused(page) == "tab-wgsl-browser"


def test_a_program_is_written_and_run_by_keys_alone(open_page):
    page = open_page(reduced_motion="reduce")
    page.frames(1)
    page.raw.keyboard.press("Tab")
    page.raw.keyboard.press("Tab")
    assert focused(page) == "example"
    page.raw.keyboard.type("Saxpy")
    page.raw.keyboard.press("Enter")
    page.until("document.getElementById('example').value === 'saxpy'")
    page.until("document.getElementById('run-status').textContent === 'ended'", 60)
    page.raw.focus("#controls input")
    page.raw.keyboard.press("Home")
    page.raw.keyboard.press("Control+Enter")
    page.until("playground.output.last.plot?.[0].values[25] < -0.5", 60)


@pytest.mark.parametrize(("width", "height"), [(390, 844), (768, 1024), (1100, 600), (1920, 1080)])
def test_nothing_is_cut_off(open_page, width, height):
    page = open_page(viewport={"width": width, "height": height}, reduced_motion="reduce")
    page.frames(1)
    page.raw.wait_for_timeout(300)
    assert page.eval("document.documentElement.scrollWidth") <= width
    for selector in ("#run", "#picture", "#panel-cuda .cm-content", "#target-tabs", "#controls"):
        box = page.raw.locator(selector).first.bounding_box()
        assert box["width"] > 20
        assert box["height"] > 10
        assert box["x"] >= 0
    page.shot(f"width-{width}")


def test_texts_do_not_name_colours_alone(open_page):
    page = open_page(reduced_motion="reduce")
    page.program("__global__ void k(int* x) { x[0] = ; }", "export default async function () {}")
    page.until("document.querySelector('#problems .error')")
    assert re.search(r"Line 1: error E\d{4}", page.text("#problems"))
