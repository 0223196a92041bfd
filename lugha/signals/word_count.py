"""Words of a document: where a script has spaces the runs of letters, marks and digits, where it has none the
words that ICU finds.

datatrove's list of symbols lacks the punctuation of many scripts (the Ethiopic ፣, the Arabic ،) and all emoji and
counts them as words; here a word has a letter, mark or number in it.
"""

from lugha.signals.bound import Bound

MEANING = "words of the text; punctuation and symbols are none"
SOURCE = "Rae et al. 2021 (Gopher, arXiv 2112.11446), Table A1: 50 to 100,000 words; the lower bound there is for English web pages"
BOUND = Bound("Gopher's upper bound; a third of its lower one", at_least=15, at_most=100_000)
