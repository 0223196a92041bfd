"""What every code point is to language identification: part of a word in some script, a mark, a digit, a symbol, or
noise; and the plain form of a text that identification learns from and looks at.

Plain is lower case, letters and marks only, one space between words: digits, punctuation and addresses are the same in
all languages and only dilute what tells them apart (measured in docs/decisions/0004). The tables are filled from
Unicode as the installed `regex` knows it.
"""

from functools import cache

import numpy as np
import regex

from lugha.scripts import COMPOSITE

# Every script that Unicode 17 has letters of (ISO 15924 codes, Scripts.txt); one that the installed `regex` does not
# know yet is left out.
_CODES = (
    "Latn Arab Cyrl Deva Beng Grek Hebr Hani Hang Hira Kana Thai Mymr Ethi Taml Telu Knda Mlym Gujr Guru "
    "Orya Sinh Khmr Laoo Tibt Geor Armn Cher Cans Tfng Nkoo Olck Thaa Syrc Copt Mong Yiii Java Bali Sund "
    "Cham Lana Talu Tale Tavt Mtei Adlm Vaii Rohg Cakm Limb Lepc Newa Bopo Bugi Batk Buhd Hano Tagb Tglg "
    "Samr Mand Bamu Lisu Plrd Osge Wcho Nand Hmnp Hmng Mroo Medf Bass Wara Sora Saur Kali Rjng Sylo Takr "
    "Dogr Gong Gonm Khoj Mahj Modi Mult Nagm Tnsa Toto Vith Yezi Kits Hung Ital Goth Runr Ogam Dsrt Shaw "
    "Avst Egyp Phag Brah Khar Kthi Sidd Shrd Tirh Gran Nshu Tang Xsux Aghb Ahom Armi Bhks Cari Chrs Cpmn "
    "Cprt Diak Elba Elym Hatr Hluw Kawi Lina Linb Lyci Lydi Maka Marc Mani Mend Merc Mero Narb Nbat Onao "
    "Orkh Osma Ougr Palm Pauc Perm Phli Phlp Phnx Prti Sarb Sgnw Sidt Sind Sogd Sogo Soyo Sunu Tayo Tols "
    "Todr Tutg Gara Gukh Krai Ugar Xpeo Zanb Berf Glag Dupl"
)
SCRIPTS = tuple(_CODES.split())
# What a code point is; FIRST_SCRIPT + n is a letter of the n-th script.
SEPARATOR, WHITE, DIGIT, NOISE, MARK, COMMON_LETTER, FIRST_SCRIPT = range(7)
_CODE_POINTS = 0x110000
# The rest is noise: controls, surrogates, private use, unassigned, and the sign of a character that was lost.
_KINDS = {
    SEPARATOR: r"[\p{P}\p{S}\p{N}\p{Cf}--[\uFFFD\p{Nd}]]",
    WHITE: r"[\p{Z}\s]",
    DIGIT: r"\p{Nd}",
    MARK: r"[\p{M}\u200C\u200D]",
    COMMON_LETTER: r"\p{L}",
}


@cache
def scripts() -> tuple[str, ...]:
    """Codes of the scripts in the order of their numbers in `kinds`."""
    return tuple(code for code in SCRIPTS if _is_known(code))


@cache
def kinds() -> np.ndarray:
    """What every code point is, uint8: one of the constants above, or FIRST_SCRIPT plus the number of its script."""
    found = np.full(_CODE_POINTS, NOISE, dtype=np.uint8)
    everything = "".join(map(chr, (*range(0xD800), *range(0xE000, _CODE_POINTS))))
    for kind, pattern in _KINDS.items():
        found[_points(pattern, everything)] = kind
    rest = "".join(map(chr, np.flatnonzero(found == COMMON_LETTER)))
    for number, code in enumerate(scripts()):
        pattern = rf"\p{{Script={code}}}"
        found[_points(pattern, rest)] = FIRST_SCRIPT + number
        rest = regex.sub(pattern, "", rest)
    return found


@cache
def lower() -> np.ndarray:
    """The lower-case form of every code point as one code point, uint32 (Unicode's simple mapping: İ becomes i)."""
    found = np.arange(_CODE_POINTS, dtype=np.uint32)
    for point in range(0x20000):  # no case beyond the first two planes
        character = chr(point)
        if not 0xD800 <= point < 0xE000 and character.lower() != character:
            found[point] = ord(character.lower()[0])
    return found


@cache
def script_masks(codes: tuple[str, ...]) -> np.ndarray:
    """For each language code, which script numbers its script is made of: bool, (codes, 250); all of them where the
    script is undetermined or unknown.
    """
    places = {code: n for n, code in enumerate(scripts())}
    masks = np.zeros((len(codes), 250), dtype=np.bool_)
    for row, code in enumerate(codes):
        script = code.rpartition("_")[2]
        parts = [places[p] for p in COMPOSITE.get(script, (script,)) if p in places]
        masks[row, parts or slice(None)] = True
    return masks


def plain(text: str) -> str:
    """The text as identification sees it: words in lower case with one space between them, nothing else."""
    return " ".join(text.translate(_PLAIN).split())


class _Plain(dict[int, int]):
    """The mapping of `str.translate`, filled as it is asked."""

    def __missing__(self, point: int) -> int:
        is_part_of_word = kinds()[point] >= MARK
        self[point] = int(lower()[point]) if is_part_of_word else 0x20
        return self[point]


_PLAIN = _Plain()


def _points(pattern: str, text: str) -> np.ndarray:
    return np.frombuffer("".join(regex.findall(pattern, text, regex.V1)).encode("utf-32-le"), dtype=np.uint32)


def _is_known(code: str) -> bool:
    try:
        return bool(regex.compile(rf"\p{{Script={code}}}"))
    except regex.error:
        return False
