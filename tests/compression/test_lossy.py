"""Lossy codes: published properties of the transform, more bytes for less error, bounds that are kept, and damage."""

from fractions import Fraction

import numpy as np
import pytest
import scipy.fft
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from mechkit.compression import (
    block_dct,
    block_idct,
    compress,
    compress_floats,
    dct_compress,
    dct_decompress,
    decompress,
    decompress_floats,
    psnr,
    quantize,
    rmse,
    wavelet_compress,
    wavelet_decompress,
)
from mechkit.compression.dct_image import STEPS, ZIGZAG, steps_of
from mechkit.compression.huffman import as_words, encoded
from mechkit.compression.lossy import Parts, pack, unpack
from mechkit.compression.run_size import levels_of_runs, runs_and_sizes
from mechkit.compression.wavelet import compose, decompose

#: The words of all messages about damage.
DAMAGE = "damaged|too early|follows|not compressed data|version|limit|cannot be read"
CODES = {"dct": (dct_compress, dct_decompress), "wavelet": (wavelet_compress, wavelet_decompress)}


def picture(h, w):
    y, x = np.mgrid[0:h, 0:w] / max(h, w)
    disc = 40 * ((x - 0.6) ** 2 + (y - 0.4) ** 2 < 0.04)
    return np.rint(120 + 60 * np.sin(9 * x + 4 * y * y) + disc).astype(np.uint8)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_transform_is_that_of_scipy(dtype):
    blocks = np.random.default_rng(0).standard_normal((20, 8, 8)).astype(dtype)
    right = scipy.fft.dctn(blocks.astype(float), axes=(1, 2), norm="ortho")
    found = block_dct(blocks)
    assert found.dtype == dtype
    np.testing.assert_allclose(block_dct(blocks, "direct"), right, atol=30 * np.finfo(dtype).eps)
    np.testing.assert_allclose(found, right, atol=30 * np.finfo(dtype).eps)
    np.testing.assert_allclose(block_idct(found), blocks, atol=30 * np.finfo(dtype).eps)


@pytest.mark.parametrize("scale", [1e-150, 1e-10, 1e10, 1e150])
def test_the_transform_at_any_scale(scale):
    blocks = scale * np.random.default_rng(0).standard_normal((2, 8, 8))
    np.testing.assert_allclose(block_idct(block_dct(blocks)), blocks, rtol=1e-12, atol=1e-13 * scale)


def test_published_coding_gain_and_energy():
    """A process of first order with correlation 0.95 (Rao and Yip): 8.8259 dB; 87.81 % in the first coefficient."""
    correlation = 0.95 ** abs(np.subtract.outer(np.arange(8), np.arange(8)))
    basis = block_dct(np.array([np.outer(row, np.ones(8)) for row in np.eye(8)]))[:, :, 0] / np.sqrt(8.0)
    variances = np.diag(basis.T @ correlation @ basis)
    gain = 10 * np.log10(variances.mean() / np.exp(np.log(variances).mean()))
    assert gain == pytest.approx(8.8259, abs=5e-5)
    assert 100 * variances[0] / 8 == pytest.approx(87.81, abs=5e-3)
    assert 100 * variances[:2].sum() / 8 == pytest.approx(95.00, abs=5e-3)


def test_the_zigzag_is_the_published_one():
    assert ZIGZAG[:12].tolist() == [0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25]
    assert ZIGZAG[-3:].tolist() == [55, 62, 63]
    assert sorted(ZIGZAG) == list(range(64))
    assert steps_of(50, 2)[np.argsort(ZIGZAG)].tolist() == STEPS.tolist()
    assert steps_of(25, 2)[0] == 32
    assert steps_of(75, 2)[0] == 8


@pytest.mark.parametrize("name", CODES)
def test_more_bytes_less_error(name):
    compressed, back = CODES[name]
    image = picture(96, 120)
    blobs = [compressed(image, quality) for quality in (1, 5, 15, 30, 50, 70, 85, 95, 100)]
    sizes, errors = [len(blob) for blob in blobs], [psnr(image, back(blob)) for blob in blobs]
    assert sizes == sorted(sizes)
    assert errors == sorted(errors)
    assert sizes[4] < image.size / 8
    assert errors[4] > 35
    assert errors[-1] > 55
    assert compressed(image, 50) == blobs[4]


@pytest.mark.parametrize("name", CODES)
@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (8, 8), (7, 23), (17, 16), (33, 2)])
@pytest.mark.parametrize("kind", ["uint8", "float16", "float32", "float64"])
def test_odd_sizes_and_types(name, shape, kind):
    compressed, back = CODES[name]
    image = picture(*shape).astype(kind)
    found = back(compressed(image, 100))
    assert (found.shape, found.dtype) == (image.shape, image.dtype)
    assert np.abs(found.astype(float) - image).max() <= 2


@pytest.mark.parametrize("name", CODES)
@pytest.mark.parametrize("scale", [1e-300, 1e-10, 1e10, 1e300])
def test_images_of_any_scale(name, scale):
    compressed, back = CODES[name]
    image = scale * (picture(16, 24) / 256.0 - 0.5)
    found = back(compressed(image, 90))
    assert np.abs(found - image).max() <= 0.05 * scale


@pytest.mark.parametrize("name", CODES)
@pytest.mark.parametrize("value", [0.0, -3.5, 1e308, 5e-324])
def test_constant_images_are_exact(name, value):
    compressed, back = CODES[name]
    image = np.full((5, 11), value)
    np.testing.assert_array_equal(back(compressed(image, 10)), image)


def test_signals():
    signal = np.sin(np.arange(777) / 9.0)
    errors = [rmse(signal, dct_decompress(dct_compress(signal, quality))) for quality in (10, 50, 90, 100)]
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] < 0.003


def test_any_layout_and_no_change():
    image = picture(40, 30)
    before = image.copy()
    assert dct_compress(np.asfortranarray(image)) == dct_compress(image) == dct_compress(image[:, ::-1][:, ::-1])
    assert wavelet_compress(image.T) == wavelet_compress(image.T.copy())
    np.testing.assert_array_equal(image, before)


@given(hnp.arrays(np.int32, (3, 64), elements=st.integers(-3000, 3000) | st.just(0) | st.just(0)))
@settings(max_examples=50, deadline=None)
def test_runs_and_sizes_come_back(levels):
    first, symbols, extra = np.zeros(3, np.uint8), np.zeros(192, np.uint8), np.zeros(192, np.int64)
    number, entries = runs_and_sizes(levels, first, symbols, extra)
    bits = encoded(np.arange(entries), extra[:entries]) if entries else b""
    found = np.zeros_like(levels)
    read, used = levels_of_runs(first, symbols[:number], as_words(np.frombuffer(bits, np.uint8)), found)
    np.testing.assert_array_equal(found, levels)
    assert (read, (used + 7) // 8) == (number, len(bits))


@pytest.mark.parametrize("shape", [(9, 9), (10, 33), (64, 65), (8, 100)])
def test_the_wavelet_comes_back(shape):
    image = np.random.default_rng(0).standard_normal(shape)
    np.testing.assert_allclose(compose(decompose(image), shape), image, atol=1e-13)


def test_the_wavelet_foretells_straight_lines():
    """Details of a ramp are 0 but at the mirrored end, and the step of a coefficient is nearly that of a number."""
    details = decompose(np.add.outer(np.arange(32.0), 2 * np.arange(48.0)))[-3:]
    assert np.abs(details[0][:, :-1]).max() < 1e-12
    noise = np.random.default_rng(0).standard_normal((256, 256))
    energy = sum((part**2).sum() for part in decompose(noise))
    assert 0.8 < energy / (noise**2).sum() < 1.4


@pytest.mark.parametrize("step", [1e-10, 0.3, 7.0, 1e10])
def test_quantization_loses_half_a_step(step):
    x = step * 100 * np.random.default_rng(0).standard_normal(20_000)
    levels, values = quantize(x, step)
    np.testing.assert_array_equal(levels * step, values)
    assert np.abs(values - x).max() <= 0.5 * step * (1 + 1e-12)
    assert rmse(x, values) ** 2 == pytest.approx(step**2 / 12, rel=0.03)


FLOATS = {
    width: hnp.arrays(dtype, hnp.array_shapes(max_dims=3, max_side=6), elements=st.floats(width=width))
    for dtype, width in ((np.float16, 16), (np.float32, 32), (np.float64, 64))
}


@given(
    st.one_of(*FLOATS.values()),
    st.floats(0, 1e308) | st.sampled_from([0.1, 1e-3, 1e-7, 0.5, 1.0, 2.0**-24, 5e-324]),
)
@settings(max_examples=300, deadline=None)
def test_the_bound_is_never_broken(x, error):
    found = decompress_floats(compress_floats(x, error))
    assert (found.dtype, found.shape) == (x.dtype, x.shape)
    finite = np.isfinite(x)
    np.testing.assert_array_equal(found[~finite], x[~finite])
    with np.errstate(all="ignore"):
        assert np.all(np.abs(found[finite] - x[finite]).astype(float) <= error)
    for a, b in zip(x[finite].tolist(), found[finite].tolist(), strict=True):
        assert abs(Fraction(a) - Fraction(b)) <= Fraction(error)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, ">f4"])
@pytest.mark.parametrize("scale", [1.0, 1e-3, 1e3])
def test_the_bound_on_a_field(dtype, scale):
    y, x = np.mgrid[0:50, 0:70] / 20
    field = (scale * np.sin(3 * x + y * y)).astype(dtype)
    field[3, 4], field[5, 6] = np.nan, -np.inf
    sizes = []
    for error in (0.0, 1e-3 * scale, 1e-2 * scale, 0.1 * scale):
        blob = compress_floats(field.T, error)
        found = decompress_floats(blob)
        finite = np.isfinite(field.T)
        assert np.abs(found[finite].astype(float) - field.T[finite].astype(float)).max() <= error
        sizes.append(len(blob))
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] < 0.3 * sizes[0]


def test_a_constant_and_nothing_at_all():
    for x in (np.zeros((0, 3)), np.array(2.5), np.full((20, 30), 1e10, np.float32)):
        found = decompress_floats(compress_floats(x, 0.25))
        assert found.shape == x.shape
        assert np.all(np.abs(found - x) <= 0.25)


def lossy_blobs():
    image = picture(24, 17)
    field = np.sin(np.arange(200.0) / 9)
    return {
        "dct": (dct_compress(image), dct_decompress),
        "wavelet": (wavelet_compress(image), wavelet_decompress),
        "floats": (compress_floats(field, 1e-3), decompress_floats),
    }


@pytest.mark.parametrize("kind", lossy_blobs())
def test_damage_is_an_error(kind):
    blob, back = lossy_blobs()[kind]
    for place in range(len(blob)):
        wrong = bytearray(blob)
        wrong[place] ^= 1 << place % 8
        with pytest.raises(ValueError, match=DAMAGE):
            back(bytes(wrong))
        with pytest.raises(ValueError, match="too early"):
            back(blob[:place])
    with pytest.raises(ValueError, match="something follows"):
        back(blob + b"\0")
    with pytest.raises(ValueError, match="more than the limit of 100"):
        back(blob, limit=100)
    with pytest.raises(ValueError, match="compressed with loss; use dct_decompress"):
        decompress(blob)


@pytest.mark.parametrize("kind", lossy_blobs())
def test_forged_parts_are_refused(kind):
    """Right checksums around wrong parts: an error or an array, never a crash."""
    blob, back = lossy_blobs()[kind]
    name = back.__name__
    parts = unpack(name, blob)
    rng = np.random.default_rng(0)
    right = back(blob)
    for _ in range(150):
        streams = [stream.copy() for stream in parts.streams]
        stream = streams[rng.integers(len(streams))]
        if stream.size and rng.random() < 0.8:
            stream[rng.integers(stream.size)] = rng.integers(256)
        else:
            streams[rng.integers(len(streams))] = rng.integers(0, 256, rng.integers(50)).astype(np.uint8)
        numbers = list(parts.numbers)
        if rng.random() < 0.2:
            numbers[rng.integers(len(numbers))] = rng.choice([np.nan, np.inf, -1.0, 0.0, 1e300])
        shape = parts.shape if rng.random() < 0.7 else tuple(int(n) for n in rng.integers(0, 30, len(parts.shape)))
        forged = pack(name, "huffman", Parts(parts.dtype, shape, tuple(numbers), streams))
        try:
            found = back(forged)
        except ValueError:
            continue
        assert found.shape == shape
        assert found.dtype == right.dtype


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: dct_compress(np.ones((2, 2, 2))), ValueError, "shape \\(2, 2, 2\\)"),
        (lambda: dct_compress(np.zeros((0, 3))), ValueError, "image is empty"),
        (lambda: dct_compress([[1.0, np.nan]]), ValueError, "image\\[0, 1\\] is nan"),
        (lambda: dct_compress([[1j]]), TypeError, "image is complex"),
        (lambda: dct_compress([[1.0]], 0), ValueError, "quality is 0"),
        (lambda: wavelet_compress([[1.0]], 101), ValueError, "quality is 101; it must be a whole number from 1 to 100"),
        (lambda: wavelet_compress([1.0]), ValueError, "shape \\(1,\\)"),
        (lambda: wavelet_compress([[1.0]], 0.5), TypeError, "quality is 0.5"),
        (lambda: compress_floats(np.ones(3), -1e-9), ValueError, "max_error is -1e-09"),
        (lambda: compress_floats(np.ones(3), np.nan), ValueError, "max_error is nan"),
        (lambda: compress_floats(np.ones(3), np.inf), ValueError, "max_error is inf"),
        (lambda: compress_floats(np.arange(3), 1), TypeError, "array holds int64 values; .* or use compress"),
        (lambda: compress_floats([1.0], 1), TypeError, "array is a list"),
        (lambda: decompress_floats(compress(b"")), ValueError, "use decompress"),
        (lambda: dct_decompress(wavelet_compress([[1.0]])), ValueError, "use wavelet_decompress"),
        (lambda: quantize([1.0], 0.0), ValueError, "step is 0.0"),
        (lambda: quantize([1e300], 1e-3), ValueError, "2\\^53 steps"),
        (lambda: psnr([1.0], [1.0, 2.0]), ValueError, "must be the same"),
        (lambda: psnr([1.0], [2.0], peak=0), ValueError, "peak is 0"),
        (lambda: block_dct(np.ones((1, 8, 8)), "slow"), ValueError, "must be one of fast, direct"),
        (lambda: block_dct(np.ones((1, 4, 4))), ValueError, "it must be \\(n, 8, 8\\)"),
    ],
)
def test_refusals(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_errors_of_any_scale():
    for scale in (1e-300, 1e-10, 1e10, 1e300):
        assert rmse([scale, scale], [0.0, 0.0]) == pytest.approx(scale, rel=1e-12)
    assert psnr([1, 2], [1, 2]) == np.inf
    assert psnr([0.0], [1.0], peak=10.0) == pytest.approx(20.0)


@pytest.mark.filterwarnings("error")
def test_what_overflows_warns_of_nothing():
    assert rmse([1e308], [-1e308]) == float("inf")
    assert psnr([1e308], [-1e308]) == float("-inf")
    with pytest.raises(ValueError, match="give a step larger"):
        quantize([1e300], 1e-300)
