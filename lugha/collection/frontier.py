"""The addresses of one host that wait for their turn, and the order in which they get it.

Fair between languages: the next address belongs to the language that has had the fewest turns on this host so far;
within a language the one nearest to a seed, then the one found first. A big English section can so not use up the cap
before the small languages have had a page.
"""

import heapq
from collections import Counter, defaultdict
from dataclasses import dataclass, field


@dataclass
class Known:
    """An address of the host: how it was found, and the hreflang tags of the links that point to it."""

    url: str
    depth: int
    found_on: str | None
    language: str
    hreflangs: set[str] = field(default_factory=set)


class Frontier:
    """Known addresses of one host in the order found; each is handed out once, in an order the calls decide."""

    def __init__(self) -> None:
        self.known: dict[str, Known] = {}
        self._waiting: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
        self._turns: Counter[str] = Counter()

    def add(self, url: str, depth: int, found_on: str | None, language: str) -> Known:
        """Make an address known and let it wait; one that is known already stays as it was first found."""
        known = self.known.get(url)
        if known is None:
            known = self.note(url, depth, found_on, language)
            heapq.heappush(self._waiting[language], (depth, len(self.known), url))
        return known

    def note(self, url: str, depth: int, found_on: str | None, language: str) -> Known:
        """Make an address known that is not to wait, because something else has dealt with it."""
        return self.known.setdefault(url, Known(url, depth, found_on, language))

    def pop(self) -> Known | None:
        """The next address, or None when none waits."""
        languages = [language for language, waiting in self._waiting.items() if waiting]
        if not languages:
            return None
        language = min(languages, key=lambda one: (self._turns[one], self._waiting[one][0]))
        self._turns[language] += 1
        return self.known[heapq.heappop(self._waiting[language])[2]]
