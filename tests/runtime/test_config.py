from __future__ import annotations

import pytest

import cudawasm as cw
from cudawasm import config
from cudawasm.config import resolve


def test_the_nearest_project_file_wins_over_the_users(tmp_path):
    config.write_user_setting("device", "user")
    assert resolve("device").value == "user"
    assert resolve("device").origin == str(config.user_file())
    (tmp_path / "pyproject.toml").write_text('[tool.cudawasm]\ndevice = "project"\n')
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    assert resolve("device", inner).value == "project"
    (inner.parent / "pyproject.toml").write_text("[tool.other]\n")
    assert resolve("device", inner).value == "project"
    (inner.parent / "cudawasm.toml").write_text('device = "near"\n')
    assert resolve("device", inner).value == "near"


def test_the_environment_wins_over_files(monkeypatch, tmp_path):
    (tmp_path / "cudawasm.toml").write_text("cache = true\ncache_mb = 7\n")
    assert resolve("cache_mb").value == 7
    monkeypatch.setenv("CUDAWASM_CACHE", "off")
    assert resolve("cache") == config.Resolved(False, "CUDAWASM_CACHE")
    assert resolve("bounds_checks").origin == "default"


def test_user_settings_keep_each_other():
    for name, text in (("device", 'a "quoted" \\ name'), ("cache", "no"), ("cache_mb", "12")):
        config.write_user_setting(name, text)
    assert dict(config.read_file(config.user_file())) == {
        "cache": False, "cache_mb": 12, "device": 'a "quoted" \\ name',
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("frob = 1", 'unknown setting "frob"'),
        ("device = 3", "device is 3, but must be a str"),
        ("cache_mb = true", "cache_mb is True, but must be a int"),
        ("device = ", "Invalid value"),
    ],
)
def test_wrong_files(tmp_path, text, message):
    (tmp_path / "cudawasm.toml").write_text(text)
    with pytest.raises(cw.ConfigError, match=message):
        [resolve(name) for name in ("device", "cache_mb")]


def test_wrong_words(monkeypatch):
    monkeypatch.setenv("CUDAWASM_CACHE", "maybe")
    with pytest.raises(cw.ConfigError, match='CUDAWASM_CACHE: cache is on or off, not "maybe"'):
        resolve("cache")
    with pytest.raises(cw.ConfigError, match="whole number"):
        config.write_user_setting("cache_mb", "many")
    with pytest.raises(cw.ConfigError, match='unknown setting "frob"'):
        config.write_user_setting("frob", "1")
