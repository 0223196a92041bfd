"""How many of the language's stop words occur: running text has several, a list of names or keywords has none.

datatrove compares with lower case only, so that a text in capitals has none; here a stop word counts as written,
capitalised and in capitals.
"""

from lugha.signals.bound import Bound

MEANING = "distinct stop words of the language in the text; null where the language has no list"
SOURCE = "Rae et al. 2021 (Gopher, arXiv 2112.11446), Table A1: at least 2 of 8 English words"
BOUND = Bound("none set: two of eight English words say nothing about another language's list")
