"""A local page for CUDA kernels: a server of the standard library, a process that compiles, and the page itself."""
