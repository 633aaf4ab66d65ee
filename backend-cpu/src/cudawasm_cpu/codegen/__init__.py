"""KIR to LLVM IR text. Nothing here depends on llvmlite or asks what the host is."""
