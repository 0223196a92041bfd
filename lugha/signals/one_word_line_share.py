"""Share of the lines that are a single word: menus, buttons, tags.

dclm splits at white space, so that a line of Thai is one word to it; here the words of the script count, and a line of
symbols has none.
"""

from lugha.signals.bound import Bound

MEANING = "lines with exactly one word among those that are not blank, 0..1"
SOURCE = "RefinedWeb (Penedo et al. 2023) removes such lines, dclm by line_length_modifier"
BOUND = Bound("none set: a rule about lines; lines are not removed here")
