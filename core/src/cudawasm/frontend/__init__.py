"""CUDA C++ source to KIR.

``Program`` indexes the declarations of a source; ``Program.lower`` elaborates one kernel and
everything that it uses into a KIR module of its own.
"""

from cudawasm.frontend.linking import LinkedSource
from cudawasm.frontend.program import FrontendOptions, KernelDecl, Lowered, ParamInfo, Program

__all__ = ["FrontendOptions", "KernelDecl", "LinkedSource", "Lowered", "ParamInfo", "Program"]
