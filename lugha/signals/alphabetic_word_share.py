"""Share of the tokens that have a letter: price lists, tables and scores have few.

Named `max_non_alpha_words_ratio` in datatrove, where it is a minimum. Symbols are tokens in it, so dialogue in short
sentences scores low: 45 % of 996 children's stories lie below the English .8.
"""

from lugha.signals.bound import Bound

MEANING = "tokens with a letter among all tokens, symbols included, 0..1"
SOURCE = "Rae et al. 2021 (Gopher, arXiv 2112.11446), Table A1: at least .8; datatrove divides by symbols too, dclm and NeMo Curator by words between white space"
BOUND = Bound("none set: FineWeb2's bounds per language lie between .70 and .84, depending on who cuts the tokens")
