"""OpenCL devices: KIR becomes OpenCL C, which the device's driver compiles."""
