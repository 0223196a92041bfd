"""The root of every error that lugha raises on purpose, and the hint that each of them carries.

An error is named after the situation and says four things: what happened, where, what comes nearest to what was
asked, and what to do next.
"""

from collections.abc import Iterable
from difflib import get_close_matches


class LughaError(Exception):
    """Something a user, a file or the web did that lugha can name; its message is meant to be read by a person."""


def nearest(name: str, names: Iterable[str]) -> str:
    """The known name closest to `name` as a sentence with a leading space, or an empty string where nothing is close."""
    found = get_close_matches(name, sorted(names), n=1, cutoff=0.6)
    return f' Nearest: "{found[0]}".' if found else ""
