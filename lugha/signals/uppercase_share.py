"""How much of a text is capitals: headings and shouting. Scripts without case score 0."""

from lugha.signals.bound import Bound

MEANING = "capital letters among all characters, 0..1"
SOURCE = "datatrove's uppercase_ratio (doc_stats.py); RefinedWeb (Penedo et al. 2023) and dclm remove lines above .5"
BOUND = Bound("none set: the old Cherokee letters count as capitals, whole books are above .5")
