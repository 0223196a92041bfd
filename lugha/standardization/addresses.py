"""E-mail addresses and public IP addresses in running text, found so that names, versions and times stay.

An address that is reserved for examples (RFC 2606, RFC 5737, RFC 3849) is nobody's and is not found: so what is put in
the place of an address is never found again.
"""

import ipaddress
import re

import regex

EMAIL = "email@example.org"  # RFC 2606: never anyone's
IPV4, IPV6 = "192.0.2.1", "2001:db8::1"  # RFC 5737 and RFC 3849, for documentation

# RFC 5321 allows a local part of 64 characters, RFC 1035 a label of 63. A domain in ASCII ends where another script
# begins, because Thai or Chinese may follow it without a space.
_LABEL = r"[\p{L}\p{M}\p{Nd}](?:[\p{L}\p{M}\p{Nd}\-]{0,61}[\p{L}\p{M}\p{Nd}])?"
_ASCII_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])?"
_DOMAIN = (
    rf"(?:(?:{_ASCII_LABEL}\.){{1,8}}(?:xn--[a-z0-9\-]{{2,59}}|[a-z]{{2,24}})(?![a-z0-9_@]|-[a-z0-9])"
    rf"|(?:{_LABEL}\.){{1,8}}[\p{{L}}\p{{M}}]{{2,24}}(?![\p{{L}}\p{{M}}\p{{Nd}}_@]))"
)
_AT = re.compile(r"(?<=[^\s@＠.])[@＠](?=[^\W_])")
_DOMAIN_HERE = regex.compile(_DOMAIN, regex.IGNORECASE)
# Read from the sign to the left (?r), so that a long line costs 64 characters at each sign. A Latin local part is
# taken alone, for the same reason: "อีเมลsomchai@...".
_LATIN_BEFORE = regex.compile(r"(?r)[\p{Latin}\p{Mn}0-9._%+\-]{1,64}")
_ANY_BEFORE = regex.compile(r"(?r)[\p{L}\p{M}\p{Nd}._%+\-\u200c\u200d]{1,64}")
_RESERVED = re.compile(r"(?:^|\.)(?:example(?:\.(?:com|net|org))?|test|invalid|localhost)$", re.IGNORECASE)

# ASCII around them, since letters of scripts without spaces may stand right beside.
_IPV4 = re.compile(r"(?<![A-Za-z0-9_.\-])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![A-Za-z0-9_\-]|\.[0-9])")
_IPV6 = re.compile(r"(?<![A-Za-z0-9_:.])[23][0-9a-fA-F]{3}:[0-9a-fA-F:]{4,34}(?![A-Za-z0-9_:])")
_IS_VERSION = re.compile(
    r"(?:\b(?:v|ver|build|(?:vers|verz|wers|sürüm|верс|вэрс)\w*)|版本|버전)[. :]{0,3}$", re.IGNORECASE
)
_IS_ADDRESS = re.compile(
    r"(?:\b(?:IP\w*|DNS|ping|host|server)|//|@)[^\w\n]{0,3}(?:\w{1,12}[^\w\n]{1,3})?$", re.IGNORECASE
)
LARGEST_COMPONENT = 31  # of a version or a section; .7 % of all addresses have fewer than two numbers above it


def find_emails(text: str) -> list[tuple[int, int]]:
    """Where e-mail addresses stand, from left to right, internationalised ones (RFC 6531) included."""
    found, last = [], 0
    for at in _AT.finditer(text):
        start = _local_start(text, at.start(), last)
        domain = _DOMAIN_HERE.match(text, at.end()) if start < at.start() else None
        if domain and not _RESERVED.search(domain.group()):
            found.append((start, domain.end()))
            last = domain.end()
    return found


def _local_start(text: str, at: int, floor: int) -> int:
    """Where the local part before the sign begins: `at` itself where there is none."""
    begin = max(floor, at - 64)
    latin = _LATIN_BEFORE.match(text, begin, at)
    any_script = None if latin and latin.group().strip("0123456789._%+-") else _ANY_BEFORE.match(text, begin, at)
    local = any_script or latin
    if local is None:
        return at
    stripped = local.group().lstrip(".-+%\u200c\u200d")
    return at - len(stripped)


def find_ips(text: str) -> list[tuple[int, int, str]]:
    """Where public IP addresses stand, from left to right, each with the documentation address that replaces it."""
    found = [
        (at.start(), at.end(), IPV4)
        for at in _IPV4.finditer(text)
        if _is_public(at.group()) and not _is_other_number(text, at)
    ]
    found += [(at.start(), at.end(), IPV6) for at in _IPV6.finditer(text) if _is_public(at.group())]
    return sorted(found)


def _is_public(written: str) -> bool:
    try:
        address = ipaddress.ip_address(written)
    except ValueError:  # four numbers or some hexadecimal groups, and no address
        return False
    has_groups = address.version == 4 or sum(bool(group) for group in written.split(":")) >= 3
    return has_groups and address.is_global and not address.is_multicast


def _is_other_number(text: str, at: re.Match[str]) -> bool:
    """Versions and sections have four small numbers too. The same number four times is a resolver's address."""
    before = text[max(0, at.start() - 24) : at.start()]
    numbers = [int(number) for number in at.group().split(".")]
    is_small = sorted(numbers)[-2] <= LARGEST_COMPONENT and len(set(numbers)) > 1
    return bool(_IS_VERSION.search(before)) or (is_small and not _IS_ADDRESS.search(before))
