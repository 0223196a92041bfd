"""How much of a text is in the script of its language. A Burmese page that is half Latin is half something else.

Letters that all scripts share say nothing and do not count; an undetermined script accepts every letter.
"""

from lugha.signals.bound import Bound

MEANING = "letters in the script of the language, 0..1"
SOURCE = "none published per language; a majority is the least that can be asked"
BOUND = Bound("a majority of the letters", at_least=0.5)
