"""Bits that a character carries on average if each is drawn by its frequency in the text. Text of an alphabet has four
to five, of Chinese eight and more; one key held down has none.
"""

from lugha.signals.bound import Bound

MEANING = "bits per character, 0 and up"
SOURCE = "Shannon 1948, order zero; ours as a signal, short texts have less"
BOUND = Bound("none set: it depends on the script and on the length")
