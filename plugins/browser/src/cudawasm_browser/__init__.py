"""A device for tests: Chromium, which runs what is exported for the web."""
