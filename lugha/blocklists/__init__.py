"""Blocklists: hosts that are neither visited nor kept, each with a reason. One TOML file of this folder, or of
`$LUGHA_CATALOG/blocklists`, is one list.

A host that asked not to be collected, a content farm, a site whose text is translated by machine: the reason stands
in the file, in the index (`blocked_host`), in the decision about every document that was there before, and in
`host_scores`. None is shipped: who is blocked is the decision of whoever runs the crawl.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from lugha.registry import entries


@dataclass(frozen=True)
class Blocklist:
    """Hosts and why they are blocked. A host stands for its subdomains too; `source` says who decided, or where the
    list is from.
    """

    name: str
    reason: str
    source: str
    hosts: tuple[str, ...]

    def __post_init__(self) -> None:
        for key in ("reason", "source"):
            if not getattr(self, key).strip():
                raise ValueError(f'the key "{key}" is empty. Whoever is blocked may ask why and by whom: fill it.')
        for host in self.hosts:
            if host != host.strip().lower() or "/" in host or not host:
                raise ValueError(
                    f'the key "hosts" holds "{host}", which is no host name. Write "example.org": lower case, no scheme, no path.'
                )


def blocklists() -> dict[str, Blocklist]:
    """Every list by name; raises what lugha.registry.entries raises."""
    return entries("blocklists", Blocklist, "name")


def blocked(hosts: Iterable[str]) -> dict[str, Blocklist]:
    """Those of the hosts that a list names, themselves or as a subdomain, with the first list that does."""
    named = {host: each for each in reversed(blocklists().values()) for host in each.hosts}
    found = {host: next((named[p] for p in _parents(host) if p in named), None) for host in set(hosts)}
    return {host: each for host, each in sorted(found.items()) if each is not None}


def _parents(host: str) -> list[str]:
    labels = host.lower().partition(":")[0].rstrip(".").split(".")
    return [".".join(labels[n:]) for n in range(len(labels))]
