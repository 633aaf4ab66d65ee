"""The version of the core package, and part of every cache key."""

__version__ = "0.1.0"
