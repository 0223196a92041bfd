"""Share of the text that the most frequent run of four tokens covers: spam and broken generators repeat themselves.

The most frequent n-gram, and of several the first, as in datatrove. Where nothing repeats the score is 0, as in dclm;
datatrove then takes the first n-gram, so that every short text seems to repeat itself.
"""

from lugha.signals.bound import Bound

MEANING = "characters of the most frequent 4-gram of tokens times its count, among all characters, 0 and up"
SOURCE = "Rae et al. 2021 (Gopher, arXiv 2112.11446), Table A1: .16; datatrove gopher_repetition_filter.py"
BOUND = Bound("Gopher, calibrated on English", at_most=0.16, method="quantile", anchor="eng_Latn")
