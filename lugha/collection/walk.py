"""Going over the web: breadth first over the hosts of a site list, or down a list of addresses that an earlier walk
came to know.

Both are polite (fetch.py), remember every answer (journal.py) and start again where they were stopped. The walk is
done in rounds: in each round every host goes on by itself, and between rounds the links from host to host are
delivered in a fixed order. So the result depends on the web and not on the threads. Hosts of which no seed speaks are
counted and not visited.
"""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

import polars as pl

from lugha.collection.fetch import Fetcher
from lugha.collection.journal import Journal
from lugha.collection.listed import fetch_list as fetch_list
from lugha.collection.politeness import Politeness
from lugha.collection.progress import Progress as Progress
from lugha.collection.progress import Tally, run_hosts
from lugha.collection.rows import Ending, row, table
from lugha.collection.site import Arrival, Site
from lugha.collection.site import Limits as Limits
from lugha.collection.urls import canonical_url, host_of

_BAD_URL = Ending("failed", "bad_url")


def walk(
    seeds: Iterable[str],
    politeness: Politeness,
    limits: Limits,
    folder: Path,
    on_progress: Callable[[Progress], None],
) -> pl.DataFrame:
    """Everything that is known of the hosts of `seeds` after a polite walk: one row per address, in the columns of
    rows.SCHEMA.

    Pages lie as WARC records in `folder`, where each row of outcome "fetched" says. What the limits left over has
    outcome "known". A host is left early, its rest "known", when its server fails three times in a row. The same call
    after a kill goes on from the folder: finished requests are not made again, failures that may pass are tried once
    more. Rows are sorted by host and then as found; impossible seeds come last. Raises JournalInUse, BrokenRecord for
    a damaged journal, and whatever `on_progress` raises.
    """
    urls = {seed.strip(): canonical_url(seed.strip()) for seed in seeds if seed.strip()}
    tally, stop = Tally(on_progress), threading.Event()
    arrivals = [Arrival(url, 0, None) for url in urls.values() if url is not None]
    hosts = {host_of(arrival.url) for arrival in arrivals}
    sites: dict[str, Site] = {}
    with Journal(folder) as journal, Fetcher(politeness, journal, stop) as fetcher:
        while arrivals:
            by_host: dict[str, list[Arrival]] = defaultdict(list)
            for arrival in arrivals:
                by_host[host_of(arrival.url)].append(arrival)
            for host in by_host.keys() - sites.keys():
                sites[host] = Site(host, hosts, fetcher, limits, tally)
            run_hosts([_job(sites[host], came) for host, came in sorted(by_host.items())], tally, stop)
            arrivals = _delivered(sites, hosts)
    bad = [row(seed, 0, None, _BAD_URL, []) for seed, url in urls.items() if url is None]
    for _ in bad:
        tally.move(None, "failed")
    tally.tell(is_last=True)
    return table([*(line for _, site in sorted(sites.items()) for line in site.rows()), *bad])


def _job(site: Site, arrivals: list[Arrival]) -> Callable[[], None]:
    return lambda: site.run(arrivals)


def _delivered(sites: dict[str, Site], hosts: set[str]) -> list[Arrival]:
    """What the sites have for each other, in a fixed order, without what the other side knows already.

    A host that a site has something for and that is none of the walk's yet joins it: a seed has moved there.
    """
    arrivals: dict[Arrival, None] = {}
    for _, site in sorted(sites.items()):
        for departure in site.departures:
            host = host_of(departure.url)
            if host in sites and sites[host].knows(departure.url):
                sites[host].add_hreflang(departure.url, departure.hreflang)
            else:
                arrivals[departure] = None
        site.departures.clear()
    hosts.update(host_of(arrival.url) for arrival in arrivals)
    return list(arrivals)
