"""What runs in the compiler's process: requests from a pipe, answers to it."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from multiprocessing.connection import Connection
from typing import Any

_MOST_OF_A_TRACE = 2000


def serve(pipe: Connection, memory: int, folder: str) -> None:
    """Answer ``(name, argument)`` by ``("value", ...)`` or ``("error", text)`` until the pipe ends.

    ``memory``: most bytes that the process may have. ``folder``: where it works.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the server's
    _limit(memory)
    os.chdir(folder)  # which is empty: no source finds a header beside it
    from cudawasm_playground import compiling

    compiler = compiling.Compiler()
    calls = {
        "compile": compiler.compile, "generate": compiler.generate,
        "targets": lambda _: compiling.targets(), "warm": lambda _: compiling.Compiler().compile(compiling.SMALL),
    }  # fmt: skip
    pipe.send(("ready", None))
    while True:
        try:
            name, argument = pipe.recv()
        except EOFError:
            return
        pipe.send(_answer(calls[name], argument))


def _answer(call: Any, argument: Any) -> tuple[str, Any]:
    try:
        return "value", call(argument)
    except MemoryError:
        return "error", "there is not enough memory"
    except Exception as error:  # a defect of ours: the page says so, and the next request may be sound
        traceback.print_exc(file=sys.stderr)
        return "error", f"{type(error).__name__}: {error}"[:_MOST_OF_A_TRACE]


def _limit(memory: int) -> None:
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard == resource.RLIM_INFINITY or hard > memory:
        resource.setrlimit(resource.RLIMIT_AS, (memory, hard))
