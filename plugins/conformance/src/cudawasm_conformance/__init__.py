"""Kernel cases as data: CUDA source, launch, inputs and expected outputs."""

from cudawasm_conformance.case import Case, Launch, all_cases

__all__ = ["Case", "Launch", "all_cases"]
