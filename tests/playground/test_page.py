"""The page in a browser: editing, problems at their lines, generated code, runs, links."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

SQUARE = """__global__ void square(const float* x, float* y, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) y[i] = x[i] * x[i];
}
"""
RUN = """export default async function ({ kernels, view, fact }) {
  const x = Float32Array.from({ length: 100 }, (_, i) => i / 10);
  const y = new Float32Array(100);
  await kernels.square({ grid: 4, block: 32 }, x, y, 100);
  view.plot({ y });
}
"""
MOVING = """export default async function ({ kernels, view, play, pointer, fact }) {
  let frames = 0;
  for await (const time of play()) {
    fact("frame", ++frames);
    fact("pointer", `${pointer.x.toFixed(2)} ${pointer.y.toFixed(2)} ${pointer.down}`);
    view.image(new Float32Array(64 * 48).map((_, i) => i), 64, 48);
  }
}
"""


def plot(page):
    return {series["name"]: np.array(series["values"]) for series in page.last["plot"]}


def test_the_first_example_runs_by_itself(open_page):
    page = open_page()
    page.frames(2)
    assert page.text("#status").startswith("Compiled in")
    assert page.last["device"].startswith(("wasm", "webgpu"))
    page.shot("first")


def test_an_edited_kernel_compiles_runs_and_plots(open_page):
    page = open_page()
    page.program(SQUARE, RUN)
    page.ended()
    np.testing.assert_allclose(plot(page)["y"], (np.arange(100) / 10) ** 2, rtol=1e-6)
    page.raw.click("#panel-cuda .cm-content")
    page.eval("playground.cuda.goTo(3, 22)")
    page.raw.keyboard.type("1 + ")
    page.until("document.getElementById('status').textContent.startsWith('Compiled')")
    page.raw.keyboard.press("Control+Enter")
    page.until("playground.output.last.plot?.[0].values[0] === 1")
    np.testing.assert_allclose(plot(page)["y"], 1 + (np.arange(100) / 10) ** 2, rtol=1e-6)
    assert "100 values from 1 to" in page.raw.get_attribute("#plot svg", "aria-label")
    page.shot("edited")


def test_an_error_shows_at_its_line(open_page):
    page = open_page()
    page.program(SQUARE, RUN)
    page.ended()
    page.eval("playground.cuda.goTo(3, 33)")
    page.raw.keyboard.type(" + wrong")
    page.until("document.querySelector('#problems .error')")
    assert "Line 3: error E" in page.text("#problems")
    assert "wrong" in page.text("#problems")
    assert "1 error" in page.text("#status")
    line = page.eval("document.querySelector('.cm-lintRange-error').closest('.cm-line').textContent")
    assert "wrong" in line
    page.shot("error")
    page.eval("playground.cuda.goTo(1)")
    page.raw.click("#problems button")
    assert (
        page.eval("playground.cuda.view.state.doc.lineAt(playground.cuda.view.state.selection.main.head).number") == 3
    )
    assert page.eval("document.activeElement.closest('#panel-cuda') !== null")
    page.raw.click("#run")
    page.until("document.getElementById('run-status').textContent.includes('does not compile')")


def test_lines_are_linked_with_generated_code_both_ways(open_page):
    page = open_page()
    page.program(SQUARE, RUN)
    page.ended()
    linked = "[...document.querySelectorAll('{} .cm-linked')].map((line) => line.textContent).join('\\n')"
    for target in ("wgsl", "opencl", "kir", "spirv", "llvm", "wasm", "asm"):
        page.raw.click(f"#tab-{target}")
        page.until(f"playground.state.generated.target === '{target}' && playground.state.generated.lines.includes(3)")
        page.eval("playground.cuda.goTo(1)")
        page.eval("playground.cuda.goTo(3)")
        assert page.until(linked.format("#panel-target"))
        page.eval("playground.generated.goTo(playground.state.generated.lines.lastIndexOf(2) + 1)")
        assert "blockIdx" in page.until(linked.format("#panel-cuda"))
    page.raw.click("#tab-opencl")
    page.until("playground.state.generated.target === 'opencl'")
    page.eval("playground.cuda.goTo(3)")
    page.shot("linked")


def test_another_target_is_shown_where_the_cuda_line_is(open_page):
    page = open_page()
    page.program(SQUARE, RUN)
    page.ended()
    page.raw.route("**/generate", lambda route: (time.sleep(0.2), route.continue_()))
    for target in ("asm", "llvm", "wgsl"):
        page.eval("playground.cuda.goTo(1)")
        page.raw.click(f"#tab-{target}")
        page.eval("playground.cuda.goTo(3)")  # while the text of the target before is still shown
        page.until(f"playground.state.generated.target === '{target}'")
        assert page.until("document.querySelector('#panel-target .cm-linked')?.textContent", seconds=5)


def test_a_block_shape_that_was_not_compiled_is_compiled_when_asked_for(open_page):
    page = open_page()
    page.program(SQUARE, RUN.replace("grid: 4, block: 32", "grid: [2, 1], block: [96, 1, 1]"))
    page.ended()
    assert page.eval("playground.state.compiled.blocks") == {"square": [[256, 1, 1], [96, 1, 1]]}
    np.testing.assert_allclose(plot(page)["y"][:3], [0, 0.01, 0.04], rtol=1e-5)


def test_errors_of_the_script_show_at_their_line(open_page):
    page = open_page()
    page.program(SQUARE, RUN.replace("  view.plot({ y });", "\n  view.polt({ y });"))
    page.until("document.getElementById('run-status').textContent === 'stopped by an error'")
    assert "Run script, line 6: error TypeError" in page.text("#problems")
    page.raw.click("#problems button")
    assert page.eval("document.activeElement.closest('#panel-run') !== null")
    assert page.raw.get_attribute("#tab-run", "aria-selected") == "true"


def test_what_kernels_say_when_they_stop(open_page):
    page = open_page()
    source = "#include <cassert>\n__global__ void square(const float* x, float* y, int n) {\n  assert(n < 100);\n}\n"
    page.program(source, RUN)
    page.until("document.getElementById('run-status').textContent === 'stopped by an error'")
    assert "kernel.cu:3" in page.text("#problems")
    assert "n < 100" in page.text("#console")


def test_programs_that_never_end_can_be_stopped(open_page):
    page = open_page()
    page.program(SQUARE, "export default async function () { for (;;); }")
    page.until("!document.getElementById('stop').disabled")
    page.raw.click("#stop")
    page.until("document.getElementById('run-status').textContent === 'stopped'")
    page.program(SQUARE, RUN)
    page.ended()


def test_templates_options_and_unknown_kernels(open_page):
    page = open_page()
    source = (
        "template <typename T> __global__ void fill(T* out, int n) { if (threadIdx.x < n) out[threadIdx.x] = VALUE; }\n"
    )
    run = """export default async function ({ kernels, view }) {
      const y = new Int32Array(8);
      await kernels.fill_int({ grid: 1, block: 256 }, y, 8);
      view.plot({ y });
    }"""
    page.program(source, run)
    page.until("document.getElementById('status').textContent === 'No kernels'")
    page.raw.fill("#options", "-DVALUE=7 -k fill<int>")
    page.until("document.getElementById('status').textContent.startsWith('Compiled')")
    page.raw.click("#run")
    page.ended()
    assert plot(page)["y"].tolist() == [7] * 8


def test_pause_play_and_inputs(open_page):
    page = open_page()
    page.program(SQUARE, MOVING)
    page.frames(3)
    page.raw.click("#pause")
    page.until("document.getElementById('run-status').textContent === 'paused'")
    before = page.last["frames"]
    page.raw.wait_for_timeout(200)
    assert page.last["frames"] <= before + 1
    page.raw.focus("#picture")
    page.raw.keyboard.press("ArrowRight")
    page.raw.keyboard.down(" ")
    page.until("playground.output.last.facts.pointer.value === '0.52 0.50 true'")
    page.raw.keyboard.up(" ")
    page.raw.click("#pause")
    page.until(f"playground.output.last.frames > {before} + 5")


def test_reduced_motion_begins_with_one_frame(open_page):
    page = open_page(reduced_motion="reduce")
    page.program(SQUARE, MOVING)
    page.until("document.getElementById('run-status').textContent === 'paused'")
    assert page.last["frames"] == 1
    assert page.text("#pause") == "Play"


def test_a_dropped_picture_is_taken(open_page):
    page = open_page()
    page.example("histogram")
    page.ended()
    page.eval("""async () => {
      const canvas = new OffscreenCanvas(20, 10);
      const context = canvas.getContext("2d");
      context.fillStyle = "rgb(200, 200, 200)";
      context.fillRect(0, 0, 20, 10);
      const data = new DataTransfer();
      data.items.add(new File([await canvas.convertToBlob()], "grey.png", { type: "image/png" }));
      document.getElementById("stage").dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
    }""")
    page.until("playground.output.last.facts['pixels counted']?.value === '200'")
    assert plot(page)["pixels"][200] == 200


def test_a_link_holds_the_program_and_runs_only_when_told_to(open_page, server):
    page = open_page()
    page.program(SQUARE + "// äöü\n", RUN, device="wasm-simd")
    page.ended()
    page.raw.fill("#options", "-DUNUSED=1")
    page.raw.click("#share")
    page.until("!document.getElementById('notice').hidden")
    link = page.eval("location.href")
    asked: list[str] = []
    other = open_page()
    other.raw.on("request", lambda request: asked.append(request.url))
    other.raw.goto("about:blank")
    other.raw.goto(link)
    other.until("document.getElementById('status')?.textContent.startsWith('Compiled')")
    assert "runs when you press Run" in other.text("#notice")
    assert other.text("#run-status") == "not run yet"
    assert other.eval("playground.cuda.text") == SQUARE + "// äöü\n"
    assert other.eval("playground.script.text") == RUN
    assert other.eval("document.getElementById('options').value") == "-DUNUSED=1"
    assert not other.eval("playground.session.isRunning")
    other.raw.click("#run")
    other.ended()
    np.testing.assert_allclose(plot(other)["y"], (np.arange(100) / 10) ** 2, rtol=1e-6)
    # Nothing goes anywhere else, and the program's text is not in an address that is asked for.
    assert all(url.startswith(("blob:", server.url)) for url in asked)
    assert not [url for url in asked if "#p=" in url and not url.startswith(server.url + "#")]


@pytest.mark.parametrize("fragment", ["#p=!!!", "#p=AAAA", "#p="])
def test_broken_links_are_told_of(open_page, fragment):
    page = open_page(fragment)
    page.until("document.getElementById('notice').textContent.includes('cannot be read')")
    page.frames(1)


def test_the_device_is_told_with_reasons(open_page):
    page = open_page()
    page.program("__global__ void square(double* x) { atomicAdd(x, 2.0); }", """
      export default async function ({ kernels, view }) {
        const x = new Float64Array(1);
        await kernels.square({ grid: 2, block: 256 }, x);
        view.plot({ x });
      }""", device="")  # fmt: skip
    page.ended()
    assert plot(page)["x"].tolist() == [1024]
    assert page.last["device"] == "wasm-threads"
    listed = page.eval("document.getElementById('device-list').textContent")
    assert "WebGPU: does not run square" in listed
    assert "WASM threads: taken" in listed
    assert "WASM SIMD: not needed" in listed
    assert "warning E" in page.text("#problems")


def test_a_source_of_the_command_line_gets_a_script(open_page, server, monkeypatch):
    started = json.loads(server.start)
    monkeypatch.setitem(server.__dict__, "start", json.dumps({**started, "source": SQUARE}).encode())
    page = open_page()
    page.until("playground.script.text.includes('kernels.square(')")
    page.eval("document.getElementById('device').value = 'wasm-simd'")
    page.raw.click("#run")
    page.ended()
    np.testing.assert_allclose(plot(page)["y"][:5], [0, 1, 4, 9, 16])


def test_scripts_send_nothing_to_other_servers(open_page):
    reached: list[str] = []

    class Other(BaseHTTPRequestHandler):
        def do_GET(self):
            reached.append(self.path)
            self.send_response(200)
            self.send_header("Access-Control-Allow-Origin", "*")
            self.send_header("Cross-Origin-Resource-Policy", "cross-origin")
            self.send_header("Content-Type", "text/javascript")
            self.end_headers()

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Other) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{other.server_port}/"
        page = open_page()
        run = """export default async function ({ fact }) {
          const tries = {
            fetch: () => fetch("%s"), import: () => import("%s"), socket: () => new Promise((resolve, reject) => {
              const socket = new WebSocket("%s".replace("http", "ws"));
              socket.onopen = resolve;
              socket.onerror = reject;
            }),
          };
          for (const [name, attempt] of Object.entries(tries)) {
            fact(name, await attempt().then(() => "reached", () => "refused"));
          }
        }"""
        page.program(SQUARE, run.replace("%s", address))
        page.ended()
        other.shutdown()
    assert {name: value["value"] for name, value in page.last["facts"].items()} == dict.fromkeys(
        ("fetch", "import", "socket"), "refused"
    )
    assert reached == []


def test_what_was_written_is_kept_while_examples_are_looked_at(open_page):
    page = open_page(reduced_motion="reduce")
    page.frames(1)
    page.raw.select_option("#example", "")
    page.until("playground.script.text.includes('kernels.square(')")
    assert not page.eval("playground.session.isRunning")
    page.eval("playground.cuda.goTo(1)")
    page.raw.keyboard.type("// mine\n")
    page.raw.select_option("#example", "saxpy")
    page.until("playground.cuda.text.includes('saxpy')")
    page.raw.select_option("#example", "")
    page.until("playground.cuda.text.startsWith('// mine')")
    page.until("document.getElementById('status').textContent.startsWith('Compiled')")
    page.eval("document.getElementById('device').value = 'wasm-simd'")
    page.raw.click("#run")
    page.ended()
    assert plot(page)["y"][3] == 9


def test_stopping_keeps_the_focus_on_a_button(open_page):
    page = open_page()
    page.program(SQUARE, MOVING)
    page.frames(2)
    page.raw.focus("#stop")
    page.raw.keyboard.press("Enter")
    page.until("document.getElementById('run-status').textContent === 'stopped'")
    assert page.eval("document.activeElement.id") == "run"
