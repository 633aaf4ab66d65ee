"""Whole CUDA programs: the host half by the system's C++ compiler, kernels by cudawasm in a process beside it."""
