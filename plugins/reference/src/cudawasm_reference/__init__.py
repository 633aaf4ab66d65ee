"""An interpreter of KIR: all threads of a block at once, as NumPy arrays with masks."""
