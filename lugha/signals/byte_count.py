"""Size of a document in UTF-8 bytes.

Bytes, because a character count means something else in every script and mixtures are budgeted in bytes.
"""

from lugha.signals.bound import Bound

MEANING = "UTF-8 bytes of the text"
SOURCE = "HPLT drops texts under 500 bytes; ours is lower, since whole documents of small languages are that short"
BOUND = Bound("a caption is shorter, a short story is not", at_least=150)
