"""Share of the lines that end in an ellipsis: lists of teasers."""

from lugha.signals.bound import Bound

MEANING = "lines that end in an ellipsis, blank lines counted, 0..1"
SOURCE = "Rae et al. 2021 (Gopher, arXiv 2112.11446), Table A1; datatrove gopher_quality_filter.py"
BOUND = Bound("Gopher, calibrated on English", at_most=0.3, method="quantile", anchor="eng_Latn")
