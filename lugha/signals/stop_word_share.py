"""Share of the words that are stop words. Word salad and keyword lists have few, running text of one language has
about the same everywhere.
"""

from lugha.signals.bound import Bound

MEANING = "words that are stop words of the language, 0..1; null where the language has no list"
SOURCE = "datatrove's stop_word_ratio (word_stats.py); no bound is published"
BOUND = Bound("none set: it depends on how many stop words the language's list has")
