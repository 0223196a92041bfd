"""How much of a text is letters. Tables, price lists and code have few."""

from lugha.signals.bound import Bound

MEANING = "letters and marks among the characters that are no space, 0..1"
SOURCE = "dclm drops under .2 alphabetic; NeMo Curator over .25 non-alphanumeric; between the two"
BOUND = Bound("between dclm and NeMo Curator; marks count as letters here", at_least=0.55)
