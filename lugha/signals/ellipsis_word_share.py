"""Ellipses for each token: teasers that break off."""

from lugha.signals.bound import Bound

MEANING = 'ellipses ("..." or "…") for each token, 0 and up'
SOURCE = (
    "Rae et al. 2021 (Gopher, arXiv 2112.11446), Table A1: symbol-to-word ratio, at most .1; as datatrove counts it"
)
BOUND = Bound("Gopher; no reference document of 94 languages nears it", at_most=0.1)
