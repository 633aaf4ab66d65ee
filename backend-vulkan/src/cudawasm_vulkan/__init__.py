"""Vulkan devices: KIR becomes SPIR-V, which the device's driver compiles."""
