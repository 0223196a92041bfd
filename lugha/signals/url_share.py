"""How much of a text is web addresses.

NeMo Curator's pattern lacks the slash and ends at the first one after the host; here an address goes on through all
characters that RFC 3986 allows.
"""

from lugha.signals.bound import Bound

MEANING = "characters of http and https addresses among all characters, 0..1"
SOURCE = "NeMo Curator's UrlsFilter: at most .2"
BOUND = Bound("NeMo Curator; no reference document of 94 languages nears it", at_most=0.2)
