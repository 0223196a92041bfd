"""What the search for evaluation items is given: keys of runs of tokens, and what each leads to."""

from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray[Any, Any]


class Keys(NamedTuple):
    """A set of 64-bit keys with numbers: slots of keys (0 is free), the number of each, and the bitmap before them."""

    slots: Array
    numbers: Array
    bitmap: Array


class Runs(NamedTuple):
    """Runs of tokens that are looked for: their lengths (`windows`) and their keys."""

    windows: Array
    keys: Keys


class Items(NamedTuple):
    """Whole items: an item begins with one of `anchors`; `lengths[bounds[a]:bounds[a + 1]]` tokens have those that
    begin with anchor a; `wholes` has the items themselves.
    """

    anchors: Runs
    lengths: Array
    bounds: Array
    wholes: Keys
    most_tokens: int


class Seen(NamedTuple):
    """What the pass remembers of each n-gram: how many documents hold it, and the last of them."""

    counts: Array
    last: Array
