"""LZ77: what was there before is written as a length and a distance. Hash chains find it, lazily."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mechkit.counting import kernel

#: A match is no farther away.
WINDOW = 1 << 15
#: Shorter matches cost more than their bytes.
SHORTEST = 3
#: Longer ones are written as several.
LONGEST = 258
#: A match of three bytes that is farther away costs more than its bytes.
FAR = 4096
#: Chains of positions with the same hash of three bytes begin in so many places.
HASHES = 1 << 15


class Effort(NamedTuple):
    """How hard to look: the numbers of zlib's level 6."""

    #: So many earlier positions are tried.
    chain: int = 128
    #: After a match so long, a quarter of them.
    good: int = 8
    #: After a match so long, the next position is not tried at all.
    lazy: int = 16
    #: A match so long ends the search.
    nice: int = 128


@kernel(cache=True, error_model="numpy")
def longest_match(data, here, place, previous, longest, effort):
    """(length, distance) of the longest match of data[here:] along a chain of earlier places, above a length.

    data (n,) : bytes. place : the first place to try, or -1. previous (2^15,) : the next place of each chain.
    longest : the length to beat. effort : how many places to try, and the length that is enough.

    >>> from mechkit import law
    >>> law(longest_match, n=range(1, 5))["int"]["loads"]  # 3n equal bytes are compared with those before
    Polynomial('6n + 3')
    """
    chain, nice = effort
    distance = 0
    end = min(data.size - here, LONGEST)
    longest = min(longest, end)
    oldest = max(here - WINDOW, 0)
    while place >= oldest and chain > 0 and longest < end:
        # 1  only a match whose last byte agrees can be longer
        if data[place + longest] == data[here + longest] and data[place] == data[here]:
            length = 1
            while length < end and data[place + length] == data[here + length]:
                length = length + 1
            if length > longest:
                longest = length
                distance = here - place
                if length >= nice:
                    break
        place = previous[place & (WINDOW - 1)]  # 2  the next place of the chain
        chain = chain - 1
    return longest, distance


@longest_match.example
def _(n):
    return np.zeros(3 * n + 1, np.uint8), 1, 0, np.full(WINDOW, -1, np.int32), 0, (4, 258)


@kernel(cache=True, error_model="numpy")
def find_matches(data, head, previous, lengths, values, effort):
    """Split data (n,) into single bytes and matches; returns how many there are.

    head (2^15,) : filled with -1. previous (2^15,) : room. lengths (n,) : of the matches, 0 for a byte.
    values (n,) : the distances of the matches, or the bytes. effort : an `Effort`.

    >>> from mechkit import law
    >>> law(find_matches, n=range(18, 28))["int"]["loads"]  # nine bytes, and n that repeat them
    Polynomial('6n + 40')
    """
    # RFC 1951, section 4: a match is put off where the next position has a longer one
    most, good, lazy, nice = effort
    n = data.size
    number = 0
    length = SHORTEST - 1
    distance = 0
    waiting = False
    i = 0
    while i < n:
        before = length
        distance_before = distance
        length = SHORTEST - 1
        if i < n - 2:
            # 1  the chain of this position's hash
            h = ((data[i] << 10) ^ (data[i + 1] << 5) ^ data[i + 2]) & (HASHES - 1)
            place = head[h]
            previous[i & (WINDOW - 1)] = place
            head[h] = i
            # 2  the longest match here that beats the one at the position before
            if place >= 0 and before < lazy:
                tries = most if before < good else most >> 2
                length, distance = longest_match(data, i, place, previous, before, (tries, nice))
                if distance == 0 or (length == SHORTEST and distance > FAR):
                    length = SHORTEST - 1
        if before >= SHORTEST and length <= before:
            # 3  the match at the position before stands: enter the positions that it covers
            lengths[number] = before
            values[number] = distance_before
            number = number + 1
            end = i + before - 1
            for k in range(i + 1, min(end, n - 2)):
                h = ((data[k] << 10) ^ (data[k + 1] << 5) ^ data[k + 2]) & (HASHES - 1)
                previous[k & (WINDOW - 1)] = head[h]
                head[h] = k
            i = end
            length = SHORTEST - 1
            waiting = False
        else:
            # 4  the byte before stands alone
            if waiting:
                lengths[number] = 0
                values[number] = data[i - 1]
                number = number + 1
            waiting = True
            i = i + 1
    if waiting:
        lengths[number] = 0
        values[number] = data[n - 1]
        number = number + 1
    return number


@find_matches.example
def _(n):
    data = np.arange(n + 9).astype(np.uint8) % 9
    room = np.zeros(n + 9, np.uint16)
    return data, np.full(HASHES, -1, np.int32), np.zeros(WINDOW, np.int32), room, room.copy(), Effort()


def tokens(data: np.ndarray, effort: Effort | None = None) -> tuple[np.ndarray, np.ndarray]:
    """(lengths, values) of the bytes and matches that data (n,) is split into.

    >>> tokens(np.frombuffer(b"abcabcabcd", np.uint8))
    (array([0, 0, 0, 6, 0], dtype=uint16), array([ 97,  98,  99,   3, 100], dtype=uint16))
    """
    lengths = np.empty(data.size, np.uint16)
    values = np.empty(data.size, np.uint16)
    head = np.full(HASHES, -1, np.int32)
    number = find_matches(data, head, np.empty(WINDOW, np.int32), lengths, values, effort or Effort())
    return lengths[:number], values[:number]
