"""Share of the characters that stand in repeated paragraphs."""

from lugha.signals.bound import Bound

MEANING = "characters in paragraphs that repeat an earlier one, 0..1"
SOURCE = "Rae et al. 2021 (Gopher, arXiv 2112.11446), Table A1; datatrove gopher_repetition_filter.py"
BOUND = Bound("Gopher, calibrated on English", at_most=0.20, method="quantile", anchor="eng_Latn")
