"""What generated text depends on: a dialect of WGSL and properties of an adapter, and nothing else about it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Traits:
    """``browser``: text for Tint, which has no 64-bit types, and proves that barriers are reached by all threads.

    ``exact_divide``: division and square root round correctly, as no implementation of WGSL has to. ``denormals``:
    numbers below the normal range are kept in arithmetic. ``fused``: ``fma`` rounds once. ``fences``: what a thread writes is seen in order by other blocks, which WGSL cannot
    ask for. ``reassociates``: the driver takes the sum ``(a + b) - b`` for ``a``, and the like. ``contracts``: it makes
    one of a multiplication and an addition. ``finite``: it computes what it likes of infinite constants. ``fuses``: a multiply-add is as fast as a sum. ``confuses_widths``: it gets comparisons of integers wrong that were
    widened to 64 bits. ``weak_swaps``: a swap may fail without a reason.

    The defaults are those of text that is made for no device.
    """

    browser: bool = False
    i64: bool = True
    f64: bool = True
    atomics64: bool = True
    exact_divide: bool = True
    denormals: bool = True
    fused: bool = True
    fences: bool = True
    reassociates: bool = False
    contracts: bool = False
    finite: bool = False
    fuses: bool = False
    confuses_widths: bool = False
    weak_swaps: bool = False


BROWSER = Traits(browser=True, i64=False, f64=False, atomics64=False, fences=False, weak_swaps=True)
