"""The pytest plugin: options, the ``device_name`` fixture over the devices present, samples for slow ones, scores."""

from __future__ import annotations

import re
import zlib
from pathlib import Path

import pytest

SAMPLE = 4
"""On a device that compiles slowly one case of so many runs, unless the device is asked for."""


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("cudawasm conformance")
    group.addoption("--device", action="append", default=[], help="run all cases, on this device only (repeatable)")
    group.addoption("--require-device", action="append", default=[], help="fail unless this device is present")
    group.addoption("--scores", metavar="FILE", help="write what each device makes of each case, as JSON")
    group.addoption(
        "--random-kernels", type=int, default=20, metavar="N", help="how many of them the random suite tries"
    )
    group.addoption("--all-cases", action="store_true", help="run all cases also on devices that compile slowly")


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


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what the sample of a slow device does not have; pytest counts it as deselected."""
    if config.getoption("--device") or config.getoption("--all-cases"):
        return
    left_out = [item for item in items if _is_left_out(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]


def _is_left_out(item: pytest.Item) -> bool:
    params = getattr(getattr(item, "callspec", None), "params", {})
    if "case" not in params or "device_name" not in params:
        return False
    return zlib.crc32(params["case"].name.encode()) % _sample(params["device_name"]) != 0


def _sample(device_name: str) -> int:
    """Of how many cases one runs; a device may say how slow its compiler is."""
    import cudawasm as cw

    details = next((i.details for i in cw.devices() if i.name == device_name), {})
    return int(details.get("sample", SAMPLE if details.get("compiler") == "slow" else 1))


_ITEM = re.compile(r"\[(.+)-([^-\]]+)\]$")
_verdicts: dict[str, dict[str, str]] = {}
"""By device and case."""
_profile: dict[str, list[bool]] = {}
"""By device, whether each case of the required profile passed."""


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    properties = dict(report.user_properties)
    found = _ITEM.search(report.nodeid)
    if report.when == "call" and "conformance" in properties and found is not None:
        verdict = str(properties["conformance"])
        _verdicts.setdefault(found[1], {})[found[2]] = verdict
        if properties["in_profile"]:
            _profile.setdefault(found[1], []).append(verdict == "passed")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """A line for each device, and the file of scores where one was asked for."""
    if not _verdicts:
        return
    import cudawasm as cw
    from cudawasm_conformance.verdict import Score, write_scores

    described = {info.name: info.description for info in cw.devices()}
    scores = [Score(name, described.get(name, ""), verdicts) for name, verdicts in sorted(_verdicts.items())]
    terminalreporter.section("conformance")
    for score in scores:
        counts = ", ".join(f"{score.counts[kind]} {kind}" for kind in ("passed", "refused", "failed"))
        required = _profile.get(score.device, [])
        terminalreporter.write_line(
            f"{score.device}: {counts}; {score.share:.1%} of {len(score.verdicts)} pass; "
            f"required profile {sum(required)} of {len(required)}"
        )
    path = config.getoption("--scores")
    if path:
        write_scores(Path(path), scores)
