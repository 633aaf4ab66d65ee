"""The CPU backend's code for a machine that is not here, run by an emulator."""
