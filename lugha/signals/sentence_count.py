"""Sentences of a document, in the scripts that mark where one ends.

Thai and Lao mark it with nothing but a space or a new line; there it counts lines.
"""

from lugha.signals.bound import Bound

MEANING = "sentences with a letter or digit in them, by UAX #29 (rules SB4 to SB11)"
SOURCE = "Raffel et al. 2020 (C4) asks for 5, found by NLTK's English model; the rules of Unicode are those of ICU's root locale"
BOUND = Bound("none set: C4's 5 would drop short stories, and there is no mark to count in Thai")
