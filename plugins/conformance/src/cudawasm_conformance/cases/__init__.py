"""Cases, one module an area; each defines ``CASES``."""
