"""A backend that turns kernels into Python functions and runs one thread after the other."""
