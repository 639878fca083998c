"""Compression: lossless codes recover everything, lossy ones buy bytes with error.

Codes of bytes and of numeric arrays, transforms of images, and the bounds that they come near to.
"""

from mechkit.compression.checksum import crc32
from mechkit.compression.compress import Contents, compress, contents, decompress
from mechkit.compression.entropy import entropy
from mechkit.compression.huffman import huffman_decode, huffman_encode
from mechkit.compression.huffman_lengths import canonical_code, huffman_lengths
from mechkit.compression.streams import compress_blocks, decompress_blocks

__all__ = [
    "Contents",
    "canonical_code",
    "compress",
    "compress_blocks",
    "contents",
    "crc32",
    "decompress",
    "decompress_blocks",
    "entropy",
    "huffman_decode",
    "huffman_encode",
    "huffman_lengths",
]
