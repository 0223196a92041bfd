"""Share of the lines that are digits and nothing else: page numbers, counters, columns of tables."""

from lugha.signals.bound import Bound

MEANING = "lines of digits only among those that are not blank, 0..1"
SOURCE = "RefinedWeb (Penedo et al. 2023) removes such lines, dclm by numeric_ratio_line_modifier"
BOUND = Bound("none set: a rule about lines; lines are not removed here")
