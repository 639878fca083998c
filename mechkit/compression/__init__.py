"""Compression: lossless codes recover everything, lossy ones buy bytes with error.

Codes of bytes and of numeric arrays, transforms of images, and the bounds that they come near to.
"""

from mechkit.compression.checksum import crc32
from mechkit.compression.compress import Contents, compress, contents, decompress
from mechkit.compression.dct import block_dct, block_idct
from mechkit.compression.dct_image import dct_compress, dct_decompress
from mechkit.compression.distortion import psnr, rmse
from mechkit.compression.entropy import entropy
from mechkit.compression.floats import compress_floats, decompress_floats
from mechkit.compression.huffman import huffman_decode, huffman_encode
from mechkit.compression.huffman_lengths import canonical_code, huffman_lengths
from mechkit.compression.quantize import quantize
from mechkit.compression.streams import compress_blocks, decompress_blocks
from mechkit.compression.wavelet_image import wavelet_compress, wavelet_decompress

__all__ = [
    "Contents",
    "block_dct",
    "block_idct",
    "canonical_code",
    "compress",
    "compress_blocks",
    "compress_floats",
    "contents",
    "crc32",
    "dct_compress",
    "dct_decompress",
    "decompress",
    "decompress_blocks",
    "decompress_floats",
    "entropy",
    "huffman_decode",
    "huffman_encode",
    "huffman_lengths",
    "psnr",
    "quantize",
    "rmse",
    "wavelet_compress",
    "wavelet_decompress",
]
