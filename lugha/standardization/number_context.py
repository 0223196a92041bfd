"""What stands around a run of digits and tells what it is: a word for a telephone, a link, a currency, a book number."""

import re
from dataclasses import dataclass

import regex

from lugha.standardization.digit_runs import DigitRun

# Words before a number, written for this project. Any language may hold any of them, since notices mix languages.
_LATIN_WORDS = (
    r"t[eéè]l[eé]?f?|t[eéè]l[eé]f\p{L}*|telp|telpon|telepon|tele[fp]oni?|phone|fone|fono|fon|f[oóò]+n[uùú]+|ph|f[aá]x\p{L}*"
    r"|f[aá][ck]s\p{L}*|mob|mobile|mobil|m[oó]vil|celular|cell|cel|gsm|handy|handphone|hp|simu|waya|whatsapp|viber|sms"
    r"|hotline|điện thoại|đt|sđt|đtdđ"
)
_OTHER_WORDS = (
    "тел|моб|факс|утас|هاتف|تلفن|تليفون|تلفون|ٹیلی|فون|موبائل|موبايل|موبایل|جوال|واتس|تېلېفون|فاكس|فکس|फ़ोन|फोन|फ़ोन|मोबाइल|मोबाईल"
    "|दूरभाष|ফোন|মোবাইল|ફોન|મોબાઇલ|ਫੋਨ|ਫ਼ੋਨ|ଫୋନ|தொலைபேசி|போன்|கைபேசி|ఫోన్|మొబైల్|ಫೋನ್|ದೂರವಾಣಿ|ഫോൺ|ഫോണ്‍|දුරකථන"
    "|โทร|ໂທ|ទូរស័ព្ទ|ဖုန်း|ཁ་པར|ስልክ|ስልኪ|ቴሌ|ፋክስ|טל|נייד|פקס|ტელ|მობ|հեռ|բջջ|τηλ|κιν|電話|电话|手机|手機|传真|傳真|전화|휴대폰|팩스|携帯"
)
_CUE = regex.compile(
    rf"(?:(?<![\p{{L}}\p{{M}}])(?:{_LATIN_WORDS})(?![\p{{L}}\p{{M}}])|{_OTHER_WORDS}|[☎☏✆📞📱📲🕿🕻])[^\p{{Nd}}\n]{{0,16}}$",
    regex.I,
)
_DIAL_LINK = re.compile(r"(?:\btel:|\bwa\.me/|\bphone=)$")
_IN_ADDRESS = re.compile(r"(?://|\bwww\.|\bdoi:)[!-~]{0,200}$")  # ASCII, since scripts without spaces follow at once
_IN_PATH = re.compile(r"/[!-~]{0,200}$")
# What a number is not: part of a word or of a longer number, an amount, a book's or an article's number.
_NOT_BEFORE = regex.compile(
    r"(?:[\p{Latin}_=#№@&§<\\]|[\p{Sc}±×÷*] ?|\p{Nd}[.,:٫٬’'/]|(?:ISBN|ISSN|ISMN|DOI|PMID|OCLC)\W{0,4}(?:1[03]\W{0,3})?)$",
    regex.I,
)
_NOT_AFTER = regex.compile(r"(?![Xx](?![\p{L}\p{Nd}]))[\p{Latin}_]|[.,:٫٬’']\p{Nd}| ?[\p{Sc}%٪‰°×]")


@dataclass(frozen=True, slots=True)
class Context:
    """Signs around a run: whether it belongs to a longer thing that is no personal number, whether a link dials it,
    whether a word or sign for a telephone stands before it, and the two characters that follow.
    """

    is_attached: bool
    is_dialled: bool
    is_told: bool
    after: str


def context_of(text: str, run: DigitRun) -> Context:
    """The signs around a run; looks at no more than 208 characters."""
    start, end = run.span(0, len(run.plain))
    before, after = text[max(0, start - 208) : start], text[end : end + 2]
    is_dialled, is_told = bool(_DIAL_LINK.search(before)), bool(_CUE.search(before[-48:]))
    is_attached = not is_dialled and bool(
        _NOT_BEFORE.search(before[-24:])
        or _IN_ADDRESS.search(before)
        or (not is_told and _IN_PATH.search(before))
        or _NOT_AFTER.match(after)
    )
    return Context(is_attached, is_dialled, is_told, after)
