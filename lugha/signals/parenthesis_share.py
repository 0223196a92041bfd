"""How much of a text is brackets: code and bibliographies."""

from lugha.signals.bound import Bound

MEANING = "the characters {}()[]⟨⟩ among all characters, 0..1"
SOURCE = "NeMo Curator's ParenthesesFilter: at most .1"
BOUND = Bound("NeMo Curator; no reference document of 94 languages nears it", at_most=0.1)
