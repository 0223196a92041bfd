"""Length of the longest word: minified scripts and encoded data have no spaces for thousands of characters."""

from lugha.signals.bound import Bound

MEANING = "characters of the longest word"
SOURCE = "C4 as built (tensorflow_datasets c4_utils.py) and NeMo Curator: over 1,000; without white space inside here, and without the punctuation around it"
BOUND = Bound(
    "C4 and NeMo Curator; the longest of 19,044 reference documents in 94 languages is far below", at_most=1000
)
