"""Lines that a site prints on every page: menus, footers and buttons that main-text extraction left in.

A line is boilerplate where at least three documents of one host hold it and it stands in a third or more of that
host's documents. Short lines of one host only: a refrain inside one document, or a proverb that two sites quote, is
text. Documents with the same text count as one, else a story stored three times would be boilerplate as a whole.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence

LEAST_DOCUMENTS = 3
LEAST_SHARE = 1 / 3
LONGEST = 200  # characters; a longer repeated line is a near-duplicate's business, which keeps one copy


def without_boilerplate(texts: Sequence[str], hosts: Sequence[str]) -> list[str]:
    """The texts without their hosts' boilerplate lines, in the same order."""
    distinct = set(zip(texts, hosts, strict=True))
    documents = Counter(host for _, host in distinct)
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    for text, host in distinct:
        seen[host].update({line for line in text.split("\n") if line and len(line) <= LONGEST})
    boilerplate = {
        host: {line for line, n in lines.items() if n >= max(LEAST_DOCUMENTS, LEAST_SHARE * documents[host])}
        for host, lines in seen.items()
    }
    return [
        "\n".join(line for line in text.split("\n") if line not in boilerplate[host]).strip("\n")
        if boilerplate[host]
        else text
        for text, host in zip(texts, hosts, strict=True)
    ]
