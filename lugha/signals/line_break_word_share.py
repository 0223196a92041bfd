"""Line breaks for each token: lists and menus have many."""

from lugha.signals.bound import Bound

MEANING = "line breaks for each token, 0 and up"
SOURCE = "FineWeb (Penedo et al. 2024): at most .3 in English"
BOUND = Bound("none set: 6 % of children's stories are above the English number: a page of them is a line")
