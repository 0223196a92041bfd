"""What two texts are compared by: the set of their shingles, five folded tokens in a row each.

Everything here is plain and slow Python. It says what the compiled kernel has to compute (tests hold the two equal)
and gives the true similarity of a pair, where an estimate is not enough. Signatures are those of `datasketch.MinHash`
with `shingle_hash`, so whoever knows that package can load them, query them and make them again.
"""

from typing import TYPE_CHECKING

from lugha.scripts import folded_tokens

if TYPE_CHECKING:
    from datasketch import MinHash

SHINGLE = 5  # tokens; FineWeb2 and datatrove compare five words too
PERMUTATIONS = 120
SEED = 1  # datasketch's default
THRESHOLD = 0.6  # Jaccard similarity from which two documents should meet
# datasketch's choice for THRESHOLD where a missed copy weighs .6 and a needless comparison .4: P(meet at .6) = .62,
# at .7 = .92, at .8 = .998.
BANDS, ROWS = 20, 6
# Two documents that share a band are near copies if their sketches, the lowest bits of all minima, differ in no more
# bits: 1 - 2 * 24 / 120 = .6 (Li & Koenig 2010, b-bit minwise hashing with b = 1).
MAX_DIFFERING_BITS = 24

# Odd numbers with well spread bits: the fractional part of the golden ratio (Knuth), one of the finalizer of MurmurHash3
# and the second prime of XXH32. The kernel has them again, since its cache knows no other file.
_CHARACTER, _MIX, _TOKEN = 0x9E3779B97F4A7C15, 0xFF51AFD7ED558CCD, 0x85EBCA77
_64, _32 = (1 << 64) - 1, (1 << 32) - 1


def shingles(text: str) -> set[bytes]:
    """The shingles of a text: every SHINGLE folded tokens in a row, joined by a space, in UTF-8. A text of fewer tokens
    has one shingle of all of them, a text without tokens none.
    """
    tokens = folded_tokens(text)
    last = max(len(tokens) - SHINGLE, 0)
    return {" ".join(tokens[at : at + SHINGLE]).encode() for at in range(last + 1)} if tokens else set()


def jaccard(a: str, b: str) -> float:
    """True Jaccard similarity of the shingles of two texts, 0..1; a text without tokens is like nothing, not even
    itself.
    """
    of_a, of_b = shingles(a), shingles(b)
    return len(of_a & of_b) / max(len(of_a | of_b), 1)


def token_hash(token: str) -> int:
    """64-bit hash of a folded token: a polynomial over its code points, mixed."""
    state = 0
    for character in token:
        state = (state * _CHARACTER + ord(character)) & _64
    state = ((state ^ state >> 32) * _MIX) & _64
    return state ^ state >> 29


def shingle_hash(shingle: bytes) -> int:
    """32-bit hash of a shingle, for the `hashfunc` of `datasketch.MinHash`: a polynomial over the upper halves of the
    hashes of its tokens.
    """
    state = 0
    for token in shingle.decode().split(" "):
        state = (state * _TOKEN + (token_hash(token) >> 32)) & _32
    return state


def minhash(text: str) -> "MinHash":
    """The signature of a text as datasketch computes it, slowly."""
    from datasketch import MinHash

    made = MinHash(num_perm=PERMUTATIONS, seed=SEED, hashfunc=shingle_hash, scheme="affine32")
    made.update_batch(sorted(shingles(text)))
    return made


def to_datasketch(signature: bytes) -> "MinHash":
    """A stored signature (PERMUTATIONS little-endian uint32) as datasketch's own object: it can be compared, merged,
    updated with more shingles, and asked for in a `MinHashLSH(params=(BANDS, ROWS), num_perm=PERMUTATIONS)`.
    """
    import numpy as np
    from datasketch import MinHash

    values = np.frombuffer(signature, "<u4")
    return MinHash(seed=SEED, hashfunc=shingle_hash, hashvalues=values, scheme="affine32")
