"""How much of a text is no writing: U+FFFD, control characters but tab and line breaks, private use, unassigned code
points, and mojibake (UTF-8 read as Latin-1 or windows-1252, such as "Ã©" or "â€™").

Mojibake is a letter U+00C2 to U+00F4 and as many characters as UTF-8 asks for after that byte, each of them one that a
byte 0x80 to 0xBF reads as. A quotation mark, dash, ellipsis or no-break space right behind the letter is typography
("é…", "à »") and no sign of it, but for Â and Ã with a no-break space.
"""

from lugha.signals.bound import Bound

MEANING = "characters that are no writing among all characters, 0..1"
SOURCE = "ours; the classes are Unicode's general categories Cc, Co and Cn"
BOUND = Bound("the highest of 19,044 reference documents in 94 languages is .013", at_most=0.1)
