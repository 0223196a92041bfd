"""Share of the characters that stand in repeated lines. FineWeb divides by the characters without line breaks instead."""

from lugha.signals.bound import Bound

MEANING = "characters in lines that repeat an earlier line, 0..1"
SOURCE = "Rae et al. 2021 (Gopher, arXiv 2112.11446), Table A1; FineWeb asks for .01 (English), FineWeb2 for .1 in all languages"
BOUND = Bound("Gopher, calibrated on English", at_most=0.20, method="quantile", anchor="eng_Latn")
