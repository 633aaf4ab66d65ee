"""Records in JavaScript are read as Python reads them."""

from __future__ import annotations

import struct

from cudawasm.passes.prints_to_buffer import PrintSite
from cudawasm.passes.traps_to_record import TrapSite
from cudawasm.runtime.records import dump_sites, printed_text


def test_what_kernels_print_and_where_they_stop(node):
    prints = (PrintSite(b"%d: %s\n", "ii", (b"yes", b"no")), PrintSite(b"%.3f %lld\n", "fl", ()))
    traps = (TrapSite("n > 0", "k.cu", 3), TrapSite("", "", 0))
    float_word = struct.unpack("<I", struct.pack("<f", 0.1))[0]
    words = [0, 7, 0, 1, 0, 1, float_word, 0, 2**32 - 2, 2**32 - 1, 0, 9, 0]  # the last is not whole
    record = [1, 1, 2, 3, 4, 5, 6, 0]
    given = {"sites": dump_sites(prints, traps), "words": words, "record": record, "kernel": "k"}
    text, stop = node("records.mjs", given)
    assert text == printed_text(prints, words) == "7: no\n0.100 -2\n"
    assert stop == traps[0].describe("k", tuple(record))
    assert node("records.mjs", {**given, "record": [2] + [0] * 7})[1] == traps[1].describe("k", (2,) + (0,) * 7)
    assert node("records.mjs", {**given, "record": [0] * 8})[1] is None


def test_a_record_that_had_no_room_ends_the_text(node):
    prints = (PrintSite(b"%d\n", "i", ()),)
    words = [0, 7, 0, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF]
    given = {"sites": dump_sites(prints, ()), "words": words, "record": [0] * 8, "kernel": "k"}
    assert node("records.mjs", given)[0] == printed_text(prints, words) == "7\n"
