"""WebAssembly: the code generator's objects made modules, a device that runs them, and a part of exported packages."""
