"""Share of the lines that begin with • or -, as datatrove has it: lists of links.

In many languages a dash opens direct speech, and a document of one line is at 1 with a single dash.
"""

from lugha.signals.bound import Bound

MEANING = "lines that begin with a bullet, blank lines counted, 0..1"
SOURCE = "Rae et al. 2021 (Gopher, arXiv 2112.11446), Table A1: at most .9; dolma, dclm and NeMo Curator each have other bullets"
BOUND = Bound("Gopher, calibrated on English", at_most=0.9, method="quantile", anchor="eng_Latn")
