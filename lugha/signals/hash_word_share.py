"""Number signs for each token: pages of hashtags."""

from lugha.signals.bound import Bound

MEANING = '"#" for each token, 0 and up'
SOURCE = (
    "Rae et al. 2021 (Gopher, arXiv 2112.11446), Table A1: symbol-to-word ratio, at most .1; as datatrove counts it"
)
BOUND = Bound("Gopher; a sign of no language, and no reference document of 94 languages nears it", at_most=0.1)
