"""Mean length of a word. Very long ones are addresses and unbroken hashes."""

from lugha.signals.bound import Bound

MEANING = "characters of a word; punctuation and symbols are no words"
SOURCE = "Rae et al. 2021 (Gopher, arXiv 2112.11446), Table A1: 3 to 10. FineWeb2's per-language bounds reach from 2 to over 3,000 and often never fire, so only an upper bound that no language nears is set"
BOUND = Bound("agglutinative languages reach 12; twice that", at_most=24)
