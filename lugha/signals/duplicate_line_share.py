"""Share of a document's lines that repeat an earlier line: pages of repeated menu lines teach a model to loop.

White space around the text is no line here; in the reference a text with a line break at both ends has a duplicate.
"""

from lugha.signals.bound import Bound

MEANING = "lines that repeat an earlier line, 0..1"
SOURCE = "Rae et al. 2021 (Gopher, arXiv 2112.11446), Table A1; datatrove gopher_repetition_filter.py"
BOUND = Bound("Gopher, calibrated on English", at_most=0.30)
