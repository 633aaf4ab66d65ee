"""Kernels as a package for the web: code that a browser, Node or Deno runs, and what it needs to know."""
