"""The pytest plugin: options, and the ``device_name`` fixture over the devices that are present."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("cudawasm conformance")
    group.addoption("--device", action="append", default=[], help="run cases on this device only (repeatable)")
    group.addoption("--require-device", action="append", default=[], help="fail unless this device is present")


def _devices(config: pytest.Config) -> list[str]:
    import cudawasm as cw

    present = [info.name for info in cw.devices()]
    missing = [name for name in config.getoption("--require-device") if name not in present]
    if missing:
        raise pytest.UsageError(f"required devices are missing: {', '.join(missing)}; present: {', '.join(present)}")
    return list(config.getoption("--device") or present)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "device_name" in metafunc.fixturenames:
        metafunc.parametrize("device_name", _devices(metafunc.config), scope="session")
