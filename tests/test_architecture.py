"""The import rules and sizes that docs/architecture.md promises, read from the sources."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CORE = ROOT / "core/src/cudawasm"
BACKENDS = sorted(path for path in ROOT.glob("backend-*/src/*") if (path / "__init__.py").is_file())
PLUGINS = sorted(path for path in ROOT.glob("plugins/*/src/*") if (path / "__init__.py").is_file())
EXTENSIONS = {"cudawasm_qemu": {"cudawasm_cpu"}}
"""Plugins that bring no code generator but a place to run another backend's code, and that backend."""
SHARED = {"cudawasm.ir", "cudawasm.source", "cudawasm.diagnostics", "cudawasm.errors"}
MAY_IMPORT = {
    "ir": SHARED,
    "frontend": SHARED | {"cudawasm.frontend"},
    "analysis": SHARED | {"cudawasm.analysis"},
    "passes": SHARED | {"cudawasm.analysis", "cudawasm.passes", "cudawasm.devlib"},
    "emit": SHARED | {"cudawasm.analysis", "cudawasm.emit"},
}
MOST_LINES = 750
MOST_LINES_OF_A_FUNCTION = 120


def sources(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: relative import"
            yield from (f"{node.module}.{name.name}" for name in node.names)


def within(name: str, packages: set[str]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def test_the_compilers_parts_import_only_what_is_below_them():
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for part, allowed in MAY_IMPORT.items()
        for path in sources(CORE / part)
        for name in imports(path)
        if name.startswith("cudawasm") and not within(name, allowed)
    ]
    assert wrong == []


def test_core_imports_and_names_no_backend():
    names = {path.name for path in BACKENDS}
    wrong = [
        f"{path.relative_to(ROOT)} names {name}" for path in sources(CORE) for name in names if name in path.read_text()
    ]
    assert wrong == []


def test_backends_do_not_import_each_other_nor_cores_insides():
    backends = [path for path in (*BACKENDS, *PLUGINS) if path.name != "cudawasm_conformance"]
    names = {path.name for path in backends}
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for backend in backends
        for path in sources(backend)
        for name in imports(path)
        if within(name, names - {backend.name} - EXTENSIONS.get(backend.name, set()))
        or within(name, {"cudawasm.frontend", "cudawasm.cli"})
    ]
    assert wrong == []


def test_extensions_name_what_they_extend_as_a_dependency_and_nothing_needs_them():
    for plugin in PLUGINS:
        projects = {name.replace("_", "-") for name in EXTENSIONS.get(plugin.name, set())}
        text = (plugin.parents[1] / "pyproject.toml").read_text()
        assert all(f'"{project}"' in text for project in projects)
    others = [path.parents[1] / "pyproject.toml" for path in (*BACKENDS, *PLUGINS) if path.name not in EXTENSIONS]
    assert not [f"{p}: {name}" for p in others for name in EXTENSIONS if name.replace("_", "-") in p.read_text()]


def test_one_module_imports_the_plugin_machinery():
    users = {
        str(path.relative_to(CORE))
        for path in sources(CORE)
        for name in imports(path)
        if within(name, {"stevedore", "pluggy"})
    }
    assert users == {"hookspecs.py", "plugins.py"}


def code_lines(function: ast.FunctionDef) -> int:
    """Lines of a function, of which a long text (a docstring, a template of target code) counts as one."""
    texts = [n for n in ast.walk(function) if isinstance(n, ast.JoinedStr | ast.Constant)]
    inner = {id(part) for text in texts for part in ast.walk(text) if part is not text}
    long_texts = sum(t.end_lineno - t.lineno for t in texts if id(t) not in inner)
    return function.end_lineno - function.lineno + 1 - long_texts


def test_modules_and_functions_stay_small():
    files = [path for folder in (CORE, *BACKENDS) for path in sources(folder)]
    long_modules = [str(p.relative_to(ROOT)) for p in files if p.read_text().count("\n") > MOST_LINES]
    long_functions = [
        f"{path.relative_to(ROOT)}: {node.name}()"
        for path in files
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and code_lines(node) > MOST_LINES_OF_A_FUNCTION
    ]
    assert (long_modules, long_functions) == ([], [])
