"""Share of the paragraphs (text between blank lines) that repeat an earlier one."""

from lugha.signals.bound import Bound

MEANING = "paragraphs that repeat an earlier paragraph, 0..1"
SOURCE = "Rae et al. 2021 (Gopher, arXiv 2112.11446), Table A1; datatrove gopher_repetition_filter.py"
BOUND = Bound("Gopher, calibrated on English", at_most=0.30, method="quantile", anchor="eng_Latn")
