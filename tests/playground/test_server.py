"""What the server gives, to whom, and how it survives its compiler."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading

import pytest
from typer.testing import CliRunner

from cudawasm.cli.app import app
from cudawasm.plugins import host
from cudawasm_playground.assets import Packages
from cudawasm_playground.compiler import CompilerProcess, CompilerStopped, Limits
from cudawasm_playground.guards import Guard, is_loopback
from cudawasm_playground.requests import MOST_SOURCE, read_compile
from cudawasm_playground.server import PlaygroundServer

SAXPY = """__global__ void saxpy(float a, const float* x, float* y, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) y[i] = a * x[i] + y[i];
}
"""


def places(answer):
    return [(d["code"], d["place"] and d["place"]["from"]) for d in answer["diagnostics"]]


# --- files ---


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/", "text/html"), ("/main.js", "text/javascript"), ("/style.css", "text/css"), ("/vendor/codemirror.js", "text/javascript"),
     ("/start.json", "application/json")],
)  # fmt: skip
def test_files_have_their_types_and_headers(ask, path, kind):
    status, headers, content = ask("GET", path)
    assert (status, headers["Content-Type"].partition(";")[0], bool(content)) == (200, kind, True)
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Embedder-Policy"] == "require-corp"
    assert headers["X-Content-Type-Options"] == "nosniff"
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "connect-src 'self';" in policy
    assert "unsafe-inline" not in policy
    assert "'unsafe-eval'" not in policy


def test_the_page_has_a_token_and_a_nonce_of_its_own(ask, server):
    pages = [ask("GET", "/") for _ in range(2)]
    nonces = {headers["Content-Security-Policy"].partition("'nonce-")[2].partition("'")[0] for _, headers, _ in pages}
    assert len(nonces) == 2
    assert all(server.guard.token.encode() in page for _, _, page in pages)


@pytest.mark.parametrize(
    "path",
    ["/../pyproject.toml", "/..%2fpyproject.toml", "/vendor/../../server.py", "/%2e%2e/server.py", "//etc/passwd", "/etc/passwd",
     "/packages/", "/packages/../server.py", "/packages/none/kernel.js", "/index.html/", "/vendor/", "/server.py"],
)  # fmt: skip
def test_no_path_leads_out_of_what_is_served(ask, path):
    status, _, content = ask("GET", path)
    assert (status, content) == (404, {"error": "there is no such file"})


def test_examples_and_targets_are_named(ask):
    _, _, start = ask("GET", "/start.json")
    assert len(start["examples"]) >= 10
    assert all(
        e["title"] and e["about"] and "__global__" in e["source"] and "export default" in e["run"]
        for e in start["examples"]
    )
    assert {"kir", *host().targets()} == set(start["targets"])


def test_head_has_no_content(ask):
    status, headers, content = ask("HEAD", "/main.js")
    assert (status, content) == (200, b"")
    assert int(headers["Content-Length"]) > 1000


# --- who may ask ---


@pytest.mark.parametrize(
    "name", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "", "127.0.0.1.evil.example:{port}"]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_other_hosts_are_refused(ask, server, method, name):
    given = name.format(port=server.server_port)
    status, _, content = ask(
        method, "/" if method == "GET" else "/compile", {} if method == "POST" else None, Host=given
    )
    assert (status, content["error"]) == (403, "unknown Host")


def test_names_of_this_computer_are_known(ask, server):
    assert ask("GET", "/", Host=f"localhost:{server.server_port}")[0] == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"}, {"Origin": "null"}, {"Sec_Fetch_Site": "cross-site"}, {"Sec_Fetch_Site": "same-site"},
        {"sec_fetch_site": "cross-site"}, {"origin": "http://evil.example"}, {"X_Playground_Token": ""}, {"X_Playground_Token": "guess"}, {"Content_Type": "text/plain"},
        {"Content_Type": "application/x-www-form-urlencoded"},
    ],
)  # fmt: skip
def test_only_the_page_has_things_compiled(ask, headers):
    status, answered, content = ask("POST", "/compile", {"source": SAXPY}, **headers)
    assert (status, list(content)) == (403, ["error"])
    assert "Access-Control-Allow-Origin" not in answered


def test_other_sites_may_link_to_the_page_and_read_nothing(ask):
    assert ask("GET", "/", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="navigate")[0] == 200
    assert ask("GET", "/", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="no-cors")[0] == 403
    assert ask("GET", "/start.json", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="navigate")[0] == 403


def test_preflights_are_not_answered(ask):
    assert ask("OPTIONS", "/compile", Origin="http://evil.example")[0] == 501


def test_what_listens_to_others_knows_numbers_and_its_names():
    guard = Guard("0.0.0.0", 80, "t")
    assert not [name for name in ("192.168.0.7", "[::1]:80", "localhost") if guard.refuses_host({"Host": name})]
    assert guard.refuses_host({"Host": "evil.example"})
    assert guard.refuses_host({})
    assert not is_loopback("0.0.0.0")
    assert is_loopback("::1")


# --- limits ---


def test_long_requests_are_refused(ask, server):
    assert ask("POST", "/compile", {"source": "x" * (MOST_SOURCE + 1)})[0] == 400
    assert ask("POST", "/compile", b"", Content_Length=str(10**9))[0] == 413
    assert ask("POST", "/compile", b"", Content_Length="")[0] == 411
    assert ask("POST", "/compile", b"", Content_Length="-1")[0] == 411
    assert ask("POST", "/compile", b"", Transfer_Encoding="chunked")[0] == 411
    assert ask("POST", "/nothing", {})[0] == 404


@pytest.mark.parametrize(
    "body",
    [
        b"{", b"[" * 100_000, [], {}, {"source": 3}, {"source": "", "options": []}, {"source": "", "instances": "a"},
        {"source": "", "blocks": []}, {"source": "", "blocks": {"k": []}}, {"source": "", "blocks": {"k": [[0]]}},
        {"source": "", "blocks": {"k": [[1024, 2]]}}, {"source": "", "blocks": {"k": [[True]]}},
        {"source": "", "blocks": {str(i): [[1]] for i in range(100)}},
    ],
)  # fmt: skip
def test_malformed_requests_are_refused(ask, body):
    status, _, content = ask("POST", "/compile", body)
    assert (status, list(content)) == (400, ["error"])


def test_a_compilation_that_takes_too_long_is_ended_and_the_next_one_works():
    compiler = CompilerProcess(Limits(seconds=0.05))  # in which not even the prelude is read
    try:
        with pytest.raises(CompilerStopped, match=r"more than 0\.05 s"):
            compiler.call("compile", read_compile({"source": SAXPY}))
        assert compiler.pid is None
        compiler.limits = Limits(seconds=60)
        assert compiler.call("compile", read_compile({"source": SAXPY}))["kernels"]
    finally:
        compiler.close()


def test_a_source_that_asks_for_much_memory_stops_only_its_compiler():
    compiler = CompilerProcess(Limits(seconds=20, memory=1 << 30))
    doubled = "#define A0 x+x+x+x+x+x+x+x+x+x\n" + "".join(
        f"#define A{i} A{i - 1}+A{i - 1}+A{i - 1}+A{i - 1}\n" for i in range(1, 16)
    )
    try:
        try:
            answer = compiler.call(
                "compile", read_compile({"source": f"{doubled}__global__ void k(int* p) {{ int x = 1; *p = A15; }}"})
            )
            assert answer["diagnostics"]
        except CompilerStopped:
            pass
        assert compiler.call("compile", read_compile({"source": SAXPY}))["kernels"]
    finally:
        compiler.close()


def test_a_compiler_that_dies_is_started_again(server, ask):
    assert ask("POST", "/compile", {"source": SAXPY})[0] == 200
    compiler = server.compiler
    first = compiler.pid
    os.kill(first, signal.SIGKILL)
    status, _, content = ask("POST", "/compile", {"source": SAXPY + "\n"})
    if status != 200:
        assert (status, "died" in content["error"]) == (422, True)
        status, _, content = ask("POST", "/compile", {"source": SAXPY + "\n"})
    assert (status, places(content)) == (200, [])
    assert compiler.pid != first


def test_only_some_packages_are_kept():
    packages = Packages()
    paths = [packages.add({"kernel.js": bytes([i])}) for i in range(20)]
    assert packages.find(f"{paths[0]}kernel.js") is None
    assert packages.find(f"{paths[-1]}kernel.js").data == bytes([19])
    assert packages.find(f"{paths[-1]}other.js") is None
    assert packages.find(paths[-1]) is None


# --- compiling ---


def test_a_package_is_served_under_a_path_of_its_own(ask):
    status, _, content = ask("POST", "/compile", {"source": SAXPY, "blocks": {"saxpy": [[64, 1, 1], [256, 1, 1]]}})
    assert (status, content["diagnostics"], content["refused"]) == (200, [], {})
    assert [(k["name"], k["block"], k["line"]) for k in content["kernels"]] == [("saxpy", [256, 1, 1], 1)]
    status, headers, module = ask("GET", content["package"])
    assert (status, headers["Content-Type"].partition(";")[0]) == (200, "text/javascript")
    assert b'"blocks":[[64,1,1],[256,1,1]]' in module
    folder = content["package"].rpartition("/")[0]
    assert ask("GET", f"{folder}/runtime/worker.js")[0] == 200
    assert ask("GET", f"{folder}/kernels.simd.wasm")[1]["Content-Type"] == "application/wasm"


def test_errors_have_their_places(ask):
    _, _, content = ask(
        "POST", "/compile", {"source": "// café 🙂\n__global__ void k(int* x) {\n  /* 🙂 */ x[0] = y;\n}\n"}
    )
    [found] = content["diagnostics"]
    assert (found["severity"], found["place"]["from"][0], content["package"]) == ("error", 3, "")
    # As JavaScript counts: the picture before it is two characters.
    assert found["place"]["from"][1] == "  /* 🙂 */ x[0] = ".encode("utf-16-le").__len__() // 2
    assert found["code"].startswith("E")
    assert found["title"]


def test_what_a_target_refuses_is_a_warning(ask):
    _, _, content = ask("POST", "/compile", {"source": "__global__ void k(double* x) { atomicAdd(x, 1.0); }"})
    assert content["refused"]["webgpu"]["kernels"] == ["k"]
    assert content["refused"]["webgpu"]["diagnostics"][0]["severity"] == "warning"
    assert content["package"]


def test_options_and_instances(ask):
    source = "template <typename T> __global__ void scale(T* x) { x[threadIdx.x] *= N; }"
    body = {"source": source, "options": "-DN=3", "instances": ["scale<float>", "scale<int>"]}
    _, _, content = ask("POST", "/compile", body)
    assert [k["public"] for k in content["kernels"]] == ["scale_float", "scale_int"]
    _, _, content = ask("POST", "/compile", {"source": source})
    assert (content["kernels"], content["templates"]) == ([], ["scale"])


@pytest.mark.parametrize("options", ["-I/etc", "--keep=/tmp/x", "--nonsense", '"'])
def test_options_that_name_files_are_refused(ask, options):
    _, _, content = ask("POST", "/compile", {"source": SAXPY, "options": options})
    assert (places(content), content["kernels"]) == ([("R0304", None)], [])


@pytest.mark.parametrize("form", ['#include "{}"', '#define F "{}"\n#include F', '#include "../../../../../../..{}"'])
def test_files_of_the_computer_are_not_read(ask, tmp_path, form):
    secret = tmp_path / "secret.h"
    secret.write_text("int top_secret = (;")
    _, _, content = ask("POST", "/compile", {"source": form.format(secret) + "\n" + SAXPY})
    assert content["kernels"] == []
    assert "not included" in content["diagnostics"][0]["message"]
    assert "top_secret" not in json.dumps(content)


@pytest.mark.parametrize("target", ["kir", *sorted(host().targets())])
def test_texts_of_all_targets(ask, target):
    status, _, content = ask(
        "POST", "/generate", {"source": SAXPY, "kernel": "saxpy", "target": target, "block": [128]}
    )
    assert (status, content["diagnostics"]) == (200, [])
    lines = content["text"].split("\n")
    assert len(lines) == len(content["lines"]) > 5
    if target in ("kir", "wgsl", "wgsl-browser", "opencl", "spirv"):
        assert {2, 3} <= set(content["lines"])
    if target in ("wgsl", "opencl"):
        sums = [i for i, line in enumerate(lines) if "y[i] =" in line and "//" not in line]
        assert [content["lines"][i] for i in sums] == [3]


def test_texts_of_what_is_not_there(ask):
    _, _, content = ask("POST", "/generate", {"source": SAXPY, "kernel": "saxpy", "target": "nothing"})
    assert content["diagnostics"][0]["message"] == 'no target "nothing"'
    _, _, content = ask("POST", "/generate", {"source": SAXPY, "kernel": "other", "target": "kir"})
    assert content == {"text": "", "lines": [], "diagnostics": []}


def test_a_request_that_is_refused_is_not_followed_by_what_its_body_holds(server):
    hidden = f"GET /start.json HTTP/1.1\r\nHost: 127.0.0.1:{server.server_port}\r\n\r\n".encode()
    head = f"POST /compile HTTP/1.1\r\nHost: evil.example\r\nContent-Length: {len(hidden)}\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", server.server_port)) as connection:
        connection.sendall(head + hidden)
        answer = b""
        while part := received(connection):
            answer += part
    assert answer.count(b"HTTP/1.1 ") == 1
    assert b"403" in answer.split(b"\r\n")[0]


def received(connection):
    try:
        return connection.recv(65536)
    except ConnectionResetError:  # it was closed while the body was under way
        return b""


def test_other_addresses_are_served():
    with PlaygroundServer("::1", 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        assert server.url == f"http://[::1]:{server.server_port}/"
        with socket.create_connection(("::1", server.server_port)) as connection:
            connection.sendall(f"GET /icon.svg HTTP/1.0\r\nHost: [::1]:{server.server_port}\r\n\r\n".encode())
            assert b" 200 " in connection.recv(100)
        server.shutdown()


def test_the_command_warns_of_addresses_that_others_reach(monkeypatch):
    class Interrupted(PlaygroundServer):
        def serve_forever(self, poll_interval=0.5):
            raise KeyboardInterrupt

    monkeypatch.setattr("cudawasm_playground.server.PlaygroundServer", Interrupted)
    result = CliRunner().invoke(app, ["playground", "--host", "0.0.0.0", "--port", "0"])
    assert "can be reached from other computers" in result.output
    assert "playground at http://0.0.0.0:" in result.output
    result = CliRunner().invoke(app, ["playground", "--port", "0"])
    assert "warning" not in result.output
    assert result.exit_code == 0


def test_the_command_tells_of_a_port_that_is_taken(server):
    result = CliRunner().invoke(app, ["playground", "--port", str(server.server_port)])
    assert (result.exit_code, "--port 0 takes a free port" in result.output) == (1, True)
