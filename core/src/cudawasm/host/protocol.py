"""What a program and the process of its device say to each other; ``runtime/service.h`` is the other end.

A request is a header (operation, bytes of payload) and a payload; a reply is a header (CUDA error, bytes) and a
payload. Numbers are little-endian and packed.
"""

from __future__ import annotations

import struct
from enum import IntEnum

ARENA_BASE = 0x100000000000
ARENA_SIZE = 1 << 40
STAGING_SIZE = 64 << 20

REQUEST = struct.Struct("<II")
REPLY = struct.Struct("<iI")
DEVICE_FACTS = struct.Struct("<256sQQi3i3i3i")
"""Name, memory, shared bytes, threads of a block, block and grid extents, processors, whether memory is the host's,
whether there are cooperative launches."""
KERNEL_FACTS = struct.Struct("<6I")
"""Handle, bytes of parameters, static shared bytes, most threads, number of parameters, of pointers in them; then
offset and size of each parameter, and the offset of each pointer."""
LAUNCH = struct.Struct("<8I")
"""Handle, grid, block, dynamic shared bytes; parameters follow."""


class Operation(IntEnum):
    HELLO = 1
    ALLOCATE = 2
    RELEASE = 3
    WRITE = 4
    READ = 5
    COPY = 6
    FILL = 7
    SYNCHRONIZE = 8
    UNIT = 9
    RESOLVE = 10
    LAUNCH = 11
    SYMBOL = 12


class Error(IntEnum):
    """CUDA's error codes that requests end in."""

    SUCCESS = 0
    INVALID_VALUE = 1
    MEMORY_ALLOCATION = 2
    INITIALIZATION = 3
    INVALID_CONFIGURATION = 9
    INVALID_SYMBOL = 13
    NO_KERNEL_IMAGE = 209
    ILLEGAL_ADDRESS = 700
    ASSERT = 710
    MISALIGNED_ADDRESS = 716
    LAUNCH_FAILURE = 719
    UNKNOWN = 999
