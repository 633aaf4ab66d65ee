"""LLVM: from text to machine code in this process."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import llvmlite.binding as llvm

from cudawasm_cpu.machine import Machine

_lock = threading.Lock()
_ready = False
_engines: list[Any] = []


def _initialize() -> None:
    global _ready
    if not _ready:
        llvm.initialize_all_targets()
        llvm.initialize_all_asmprinters()
        _ready = True


def target_machine(machine: Machine) -> Any:
    """LLVM's target machine for a description."""
    _initialize()
    target = llvm.Target.from_triple(machine.triple)
    how = {"reloc": machine.relocation, "codemodel": "small"} if machine.relocation else {"jit": True}
    return target.create_target_machine(cpu=machine.cpu, features=machine.features, opt=2, **how)


def optimize(texts: Sequence[str], machine: Machine) -> tuple[Any, Any]:
    """(optimised LLVM module, target machine) of the texts of modules, which are linked."""
    tm = target_machine(machine)
    module = llvm.parse_assembly(texts[0])
    module.data_layout = str(tm.target_data)
    for text in texts[1:]:
        other = llvm.parse_assembly(text)
        other.triple, other.data_layout = module.triple, module.data_layout
        module.link_in(other)
    module.verify()
    tuning = llvm.create_pipeline_tuning_options(2)
    tuning.loop_vectorization = False
    tuning.slp_vectorization = False
    tuning.loop_interleaving = False
    builder = llvm.create_pass_builder(tm, tuning)
    builder.getModulePassManager().run(module, builder)
    return module, tm


def compile_object(texts: Sequence[str], machine: Machine) -> bytes:
    """Object code of modules, as one."""
    with _lock:
        module, tm = optimize(texts, machine)
        return bytes(tm.emit_object(module))


class Loaded:
    """Object code in memory, for the life of the process."""

    def __init__(self, code: bytes, machine: Machine):
        with _lock:
            _initialize()
            empty = llvm.parse_assembly(f'target triple = "{machine.triple}"')
            self._engine = llvm.create_mcjit_compiler(empty, target_machine(machine))
            self._engine.add_object_file(llvm.ObjectFileRef.from_data(code))
            self._engine.finalize_object()
            _engines.append(self._engine)

    def address(self, name: str) -> int:
        """Address of a function."""
        return int(self._engine.get_function_address(name))


def define_symbol(name: str, address: int) -> None:
    """Let object code that is loaded later call ``name``."""
    llvm.add_symbol(name, address)


def disassembled(text: str, machine: Machine) -> tuple[str, str]:
    """(optimised LLVM IR, assembly) of a module's text."""
    with _lock:
        module, tm = optimize([text], machine)
        return str(module), str(tm.emit_assembly(module))
