"""Share of the text in runs of 5 tokens that repeat an earlier run: pasted and looping text.

Read from left to right; behind a repeated run the reading goes on after its last token. datatrove joins the tokens
without a space, so that "ab c" repeats "a bc" there; here the tokens must be the same.
"""

from lugha.signals.bound import Bound

MEANING = "characters in 5-grams of tokens that repeat an earlier one, among all characters, 0..1"
SOURCE = "Rae et al. 2021 (Gopher, arXiv 2112.11446), Table A1: .15; datatrove gopher_repetition_filter.py"
BOUND = Bound(
    "Gopher, calibrated on English; formulaic news and refrains repeat more",
    at_most=0.15,
    method="quantile",
    anchor="eng_Latn",
)
