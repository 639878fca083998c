"""Compression: lossless codes recover everything, lossy ones buy bytes with error.

Codes of bytes and of numeric arrays, transforms of images, and the bounds that they come near to.
"""

__all__: list[str] = []
