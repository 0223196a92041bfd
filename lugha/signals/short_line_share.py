"""Share of the lines of at most 30 characters."""

from lugha.signals.bound import Bound

MEANING = "lines of at most 30 characters among those that are not blank, 0..1"
SOURCE = "FineWeb (Penedo et al. 2024): at most .67 in English; FineWeb2 switches it off"
BOUND = Bound("none set: 30 characters are a sentence of Chinese; 8 % of picture books are above the English number")
