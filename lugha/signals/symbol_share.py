"""How much of a text is punctuation and symbols.

NeMo Curator's rule counts what is not a-z, A-Z, 0-9 or one of ?!,. and so every letter of every other alphabet.
"""

from lugha.signals.bound import Bound

MEANING = "punctuation and symbols among all characters, 0..1"
SOURCE = "NeMo Curator's NonAlphaNumericFilter (.25, for English only), with the letters, marks and digits of all scripts allowed"
BOUND = Bound("none set: letter_share decides; scripts with a mark between words reach .25 in ordinary text")
