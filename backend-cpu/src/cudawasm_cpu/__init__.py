"""The CPU backend: KIR to LLVM IR, with the threads of a block as the lanes of SIMD registers."""
