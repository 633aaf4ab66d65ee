"""WebGPU devices: KIR becomes WGSL, which wgpu hands to Vulkan, Metal or Direct3D."""
