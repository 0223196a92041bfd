"""The addresses of one host that wait for their turn, and the order in which they get it.

Fair between languages: the next address belongs to the language that has had the fewest turns on this host so far;
within a language the one nearest to a seed, then the one found first. A big English section can so not use up the cap
before the small languages have had a page.
"""

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable
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
        self._known: dict[str, Known] = {}
        self._waiting: dict[str, list[tuple[int, int, Known]]] = defaultdict(list)
        self._turns: Counter[str] = Counter()

    def find(self, url: str) -> Known | None:
        """What is known of an address, or None."""
        return self._known.get(url)

    def known(self) -> Iterable[Known]:
        """All addresses in the order found."""
        return self._known.values()

    def note(self, known: Known) -> None:
        """Make a new address known that is not to wait: it is out of reach, or dealt with already."""
        self._known[known.url] = known

    def add(self, known: Known) -> None:
        """Make a new address known and let it wait."""
        self.note(known)
        heapq.heappush(self._waiting[known.language], (known.depth, len(self._known), known))

    def pop(self) -> Known | None:
        """The next address, or None when none waits."""
        languages = [language for language, waiting in self._waiting.items() if waiting]
        if not languages:
            return None
        language = min(languages, key=lambda one: (self._turns[one], self._waiting[one][0][:2]))
        self._turns[language] += 1
        return heapq.heappop(self._waiting[language])[2]
