import numpy as np
import pytest

from mechkit.compression import compress_floats, decompress_floats
from mechkit.mechanisms.claims import d5_compression as d5


@pytest.fixture
def result(measured):
    return measured("D5")


def test_as_shipped(result, shipped):
    shipped(result, "confirmed", ["confirmed"] * 3, headline=2.01945, gain=2.01945)


def test_only_noise_has_no_kind(result):
    assert [check.case for check in result.evidence.checks if not check.holds] == ["noise, which has no kind"]


def test_no_byte_differs_by_any_method(result, checks_of):
    found = checks_of(result, d5.RECOVERS)
    assert len(found) == 4 * len(d5.METHODS)
    assert set(found.values()) == {0}


def test_differing_bytes_are_counted(monkeypatch):
    monkeypatch.setattr(d5, "decompress", lambda blob: b"axcx")
    assert d5.differing(b"abcd", "huffman") == 2
    assert d5.differing(b"abcde", "huffman") == 5
    monkeypatch.setattr(d5, "decompress", lambda blob: np.zeros(3, np.float32))
    assert d5.differing(np.zeros(3), "huffman") == 24


def test_the_error_allowed_is_kept():
    x = d5.field()
    assert np.abs(decompress_floats(compress_floats(x, d5.MAX_ERROR)) - x).max() <= d5.MAX_ERROR


def test_falls_counts_steps_without_gain():
    assert d5.falls([(1.0, 30.0), (2.0, 31.0), (2.5, 30.5), (2.5, 33.0)]) == 2
