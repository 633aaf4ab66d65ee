"""Vulkan through the ``vulkan`` package's cffi library: structures, and calls that raise what they return.

The package's own wrapper keeps no references to nested structures and has some constants wrong, so that only its
declarations and its library are used. Importing this module loads the Vulkan loader; it raises OSError without one.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import vulkan

ffi: Any = vulkan.ffi
lib: Any = vulkan.lib

_PLAIN = {"VkPhysicalDeviceVulkan11Features": 49, "VkPhysicalDeviceVulkan11Properties": 50,
          "VkPhysicalDeviceVulkan12Features": 51, "VkPhysicalDeviceVulkan12Properties": 52}  # fmt: skip
"""Structure types whose numbers do not follow from their names."""


class VulkanError(Exception):
    """A call that failed; ``code`` is Vulkan's."""

    def __init__(self, call: str, code: int):
        super().__init__(f"{call} failed: {_RESULTS.get(code, code)}")
        self.code = code


_RESULTS = {-1: "out of host memory", -2: "out of device memory", -3: "initialisation failed", -4: "device lost",
            -5: "memory map failed", -9: "incompatible driver"}  # fmt: skip
OUT_OF_MEMORY = (-1, -2)


@cache
def structure_type(name: str) -> int:
    """The number that marks a structure of this type."""
    if name in _PLAIN:
        return _PLAIN[name]
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[a-z])(?=2$)", "_", name[2:]).upper()
    return int(getattr(vulkan, f"VK_STRUCTURE_TYPE_{words}"))


class Structures:
    """Makes structures and keeps them for as long as it lives."""

    def __init__(self) -> None:
        self._kept: list[Any] = []

    def new(self, name: str, **fields: Any) -> Any:
        """A pointer to a structure that says its type."""
        made = ffi.new(f"{name} *", {"sType": structure_type(name), **fields})
        self._kept.append(made)
        return made

    def plain(self, declaration: str, value: Any = None) -> Any:
        """Anything else that cffi makes."""
        made = ffi.new(declaration, value)
        self._kept.append(made)
        return made

    def text(self, text: str) -> Any:
        return self.plain("char[]", text.encode())


def call(name: str, *args: Any) -> None:
    """Raises VulkanError for a result that is no success."""
    result = getattr(lib, name)(*args)
    if result is not None and result < 0:
        raise VulkanError(name, result)


def made(name: str, kind: str, *args: Any) -> Any:
    """What a creating call writes into its last argument, of type ``kind``."""
    into = ffi.new(f"{kind} *")
    call(name, *args, into)
    return into[0]


def listed(name: str, kind: str, *args: Any) -> list[Any]:
    """All elements that an enumerating call has."""
    count = ffi.new("uint32_t *")
    call(name, *args, count, ffi.NULL)
    found = ffi.new(f"{kind}[]", max(1, count[0]))
    call(name, *args, count, found)
    return [found[i] for i in range(count[0])]


@cache
def instance() -> Any:
    """The process's instance. Raises VulkanError where there is no driver."""
    s = Structures()
    about = s.new("VkApplicationInfo", apiVersion=(1 << 22) | (3 << 12))
    info = s.new("VkInstanceCreateInfo", pApplicationInfo=about)
    return made("vkCreateInstance", "VkInstance", info, ffi.NULL)


@cache
def physical_devices() -> tuple[Any, ...]:
    return tuple(listed("vkEnumeratePhysicalDevices", "VkPhysicalDevice", instance()))


def text_of(field: Any) -> str:
    return bytes(ffi.string(field)).decode(errors="replace")
