"""How much of a text is digits, in any script's digits. Score tables and calendars have many."""

from lugha.signals.bound import Bound

MEANING = "digits among all characters, 0..1"
SOURCE = "NeMo Curator's NumbersFilter: over .15 of the characters; there 0 to 9 alone"
BOUND = Bound("NeMo Curator's numbers filter", at_most=0.15)
