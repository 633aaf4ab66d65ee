"""Settings: environment, then ``cudawasm.toml`` or ``[tool.cudawasm]`` upwards from the working folder, then
the user's own file. Each value knows where it came from.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from cudawasm.errors import ConfigError

Value = str | int | bool


@dataclass(frozen=True, slots=True)
class Setting:
    """A key of the configuration: its type and default, the environment variables that set it, best first."""

    default: Value
    variables: tuple[str, ...]
    help: str


SETTINGS: Mapping[str, Setting] = {
    "bounds_checks": Setting(False, ("CUDAWASM_BOUNDS_CHECKS",), "check every memory access of a kernel"),
    "cache": Setting(True, ("CUDAWASM_CACHE",), "keep compiled code on disk"),
    "cache_dir": Setting("", ("CUDAWASM_CACHE_DIR",), "folder of the disk cache (default: the user's)"),
    "cache_mb": Setting(512, ("CUDAWASM_CACHE_MB",), "largest size of the disk cache; the oldest go first"),
    "device": Setting("auto", ("CUDAWASM_DEVICE", "CUDA_WASM_BACKEND"), "device to use when none is named"),
    "sanitize": Setting(False, ("CUDAWASM_SANITIZE",), "report races and other hazards, on devices that can"),
}


_TRUE = frozenset(("1", "true", "on", "yes"))
_FALSE = frozenset(("0", "false", "off", "no"))


@dataclass(frozen=True, slots=True)
class Resolved:
    """A setting's value and its ``origin``: "CUDAWASM_DEVICE", a file's path, or "default"."""

    value: Value
    origin: str


def resolve(name: str, start: Path | None = None) -> Resolved:
    """The value of a setting for code that runs in folder ``start`` (default: the working folder).

    Raises ConfigError for a value that the setting cannot take.
    """
    setting = SETTINGS[name]
    for variable in setting.variables:
        text = os.environ.get(variable, "")
        if text:
            return Resolved(_parse(name, text, variable), variable)
    for path in (project_file(start), user_file()):
        table = read_file(path) if path else {}
        if name in table:
            return Resolved(_check(name, table[name], str(path)), str(path))
    return Resolved(setting.default, "default")


def project_file(start: Path | None = None) -> Path | None:
    """The nearest ``cudawasm.toml``, or ``pyproject.toml`` with our table, upwards from ``start``."""
    folder = (start or Path.cwd()).absolute()
    for parent in (folder, *folder.parents):
        for name in ("cudawasm.toml", "pyproject.toml"):
            path = parent / name
            if path.is_file() and (name == "cudawasm.toml" or _tool_table(_load(path), path) is not None):
                return path
    return None


def user_file() -> Path:
    """The user's configuration file; it need not exist."""
    import platformdirs

    return Path(platformdirs.user_config_dir("cudawasm", appauthor=False)) / "config.toml"


def read_file(path: Path) -> Mapping[str, Any]:
    """The settings in a file; empty when it does not exist. Raises ConfigError for unknown keys."""
    if not path.is_file():
        return {}
    table = _load(path)
    if path.name == "pyproject.toml":
        table = _tool_table(table, path) or {}
    unknown = sorted(set(table) - set(SETTINGS))
    if unknown:
        raise ConfigError(f'{path}: unknown setting "{unknown[0]}"', hint=f"settings are {', '.join(sorted(SETTINGS))}")
    return table


def write_user_setting(name: str, text: str) -> Path:
    """Set one key of the user's file, keeping the others; returns the file. Raises ConfigError."""
    if name not in SETTINGS:
        raise ConfigError(f'unknown setting "{name}"', hint=f"settings are {', '.join(sorted(SETTINGS))}")
    path = user_file()
    table = {**read_file(path), name: _parse(name, text, "command line")}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{key} = {_toml(value)}\n" for key, value in sorted(table.items())))
    return path


def _load(path: Path) -> dict[str, Any]:
    """A file's tables; it is parsed again when it has changed, since settings are asked for at every module."""
    state = path.stat()
    return _parsed(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=16)
def _parsed(path: Path, modified: int, size: int) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: {error}") from error


def _tool_table(table: Mapping[str, Any], path: Path) -> dict[str, Any] | None:
    tool = table.get("tool", {})
    section = tool.get("cudawasm") if isinstance(tool, dict) else None
    if section is not None and not isinstance(section, dict):
        raise ConfigError(f"{path}: [tool.cudawasm] is not a table")
    return section


def _parse(name: str, text: str, origin: str) -> Value:
    default = SETTINGS[name].default
    if isinstance(default, bool):
        words = {
            "1": True,
            "true": True,
            "on": True,
            "yes": True,
            "0": False,
            "false": False,
            "off": False,
            "no": False,
        }
        if text.lower() not in words:
            raise ConfigError(f'{origin}: {name} is on or off, not "{text}"')
        return words[text.lower()]
    if isinstance(default, int):
        if not text.isdecimal():
            raise ConfigError(f'{origin}: {name} is a whole number, not "{text}"')
        return int(text)
    return text


def _check(name: str, value: Any, origin: str) -> Value:
    wanted = type(SETTINGS[name].default)
    if type(value) is not wanted:
        raise ConfigError(f"{origin}: {name} is {value!r}, but must be a {wanted.__name__}")
    return value


def _toml(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
