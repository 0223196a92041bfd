"""Where a demo lives and which web it walks: everything it writes lies under one folder of `.lugha/`."""

import fcntl
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lugha.errors import LughaError

ROOT = Path(".lugha")
# No telemetry: what runs here is nobody else's business. One crawl and one training at a time, whoever asks.
INSTANCE = "telemetry:\n  enabled: false\nnux:\n  enabled: false\nconcurrency:\n  pools:\n    default_limit: 1\n"


class DemoIsRunning(LughaError):
    """Another process works on the same demo."""


class NoWeb(LughaError):
    """The folder named by WEB holds no web."""


@dataclass(frozen=True)
class Place:
    """A demo: its folder, the folder of hosts that is served, and the site list."""

    home: Path
    hosts: Path
    seeds: Path

    @property
    def manifest(self) -> Path:
        """What is true of the pages, where the web's folder says so."""
        return self.hosts.parent / "manifest.jsonl"

    def environment(self) -> dict[str, str]:
        """Settings of the definitions for this demo, as of its last run."""
        settings: dict[str, str] = json.loads((self.home / "settings.json").read_text(encoding="utf-8"))
        return settings

    def keep(self, **settings: str) -> None:
        """Write settings down, so that `make dev` and a later run find them; they are also set for this process."""
        path = self.home / "settings.json"
        known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        path.write_text(json.dumps(known | settings, indent=1), encoding="utf-8")
        os.environ.update(known | settings)


def prepare(web: str) -> Place:
    """The place of the bundled web (`web` empty, built on first use) or of a folder of hosts. Raises NoWeb."""
    place = _bundled() if not web else _given(Path(web))
    (place.home / "dagster").mkdir(parents=True, exist_ok=True)
    (place.home / "dagster" / "dagster.yaml").write_text(INSTANCE, encoding="utf-8")
    place.keep(
        LUGHA_HOME=str(place.home.absolute()),
        DAGSTER_HOME=str((place.home / "dagster").absolute()),
        LUGHA_SEEDS=str(place.seeds.absolute()),
        LUGHA_USER_AGENT="lugha/0.1 (+http://localhost/a-demo-on-a-loopback-web)",
        LUGHA_DELAY_SECONDS="0.02",
    )
    return place


def _bundled() -> Place:
    from lugha.sample.build import build

    home = ROOT / "demo"
    if not (home / "web" / "seeds.txt").exists():
        home.mkdir(parents=True, exist_ok=True)
        build(home / "web")
    place = Place(home, home / "web" / "hosts", home / "web" / "seeds.txt")
    # Small, so that a snapshot leaves pages for a re-collection to find.
    place.keep(LUGHA_PAGES_PER_HOST="34")
    return place


def _given(web: Path) -> Place:
    if not web.is_dir():
        raise NoWeb(
            f"WEB={web} is no folder. It should hold `hosts/<host name>/...` and, if there is one, `seeds.txt` with one address a line."
        )
    hosts = web / "hosts" if (web / "hosts").is_dir() else web
    names = sorted(p.name for p in hosts.iterdir() if p.is_dir())
    if not names:
        raise NoWeb(f"WEB={web} holds no folder of a host. It should hold `hosts/<host name>/...`.")
    home = ROOT / f"web-{web.resolve().name}"
    home.mkdir(parents=True, exist_ok=True)
    seeds = web / "seeds.txt"
    if not seeds.is_file():
        seeds = home / "seeds.txt"
        seeds.write_text("".join(f"http://{name}/\n" for name in names), encoding="utf-8")
    place = Place(home, hosts, seeds)
    place.keep(LUGHA_PAGES_PER_HOST=str(_cap(hosts)))
    return place


def _cap(hosts: Path) -> int:
    """Pages of one host in a snapshot: the usual 200, or three quarters of the largest host of a small web, so that a snapshot leaves pages for a
    re-collection to find."""
    largest = max(sum(1 for page in host.rglob("*.htm*")) for host in hosts.iterdir() if host.is_dir())
    return max(5, min(200, largest * 3 // 4))


@contextmanager
def alone(place: Place) -> Iterator[None]:
    """Hold a demo's folder for this process; the hold ends with the process, however it ends. Raises DemoIsRunning."""
    with (place.home / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DemoIsRunning(
                f"Another `make demo` or `make dev` works on {place.home}. Wait for it or stop it, then try again."
            ) from None
        yield


@contextmanager
def served(place: Place) -> Iterator[str]:
    """The web of a place on loopback, with every host name mapped to it; on the same port each time, where it is free."""
    from lugha.sample.server import serve

    with serve(place.hosts, _free_port(place)) as address:
        place.keep(LUGHA_RESOLVE=json.dumps({"*": address}))
        yield address


def _free_port(place: Place) -> int:
    path = place.home / "settings.json"
    before = json.loads(path.read_text(encoding="utf-8")).get("LUGHA_RESOLVE", "") if path.exists() else ""
    port = int(json.loads(before)["*"].rpartition(":")[2]) if before else 0
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return 0
    return port
