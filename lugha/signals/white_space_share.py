"""How much of a text is white space of any kind."""

from lugha.signals.bound import Bound

MEANING = "white space among all characters, 0..1"
SOURCE = "datatrove's white_space_ratio (doc_stats.py); NeMo Curator counts five characters, at most .25"
BOUND = Bound("none set: 2 % of children's stories and 6 % of the treebanks are above NeMo Curator's .25")
