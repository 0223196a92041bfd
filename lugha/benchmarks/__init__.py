"""Benchmarks: what a checkpoint is asked. One TOML file of this folder is one benchmark."""

from dataclasses import dataclass

from lugha.registry import entries


@dataclass(frozen=True)
class Benchmark:
    """A benchmark: where its items come from, how they are scored, and on which level (basic, domain, culture) it
    speaks.
    """

    name: str
    meaning: str
    level: str
    metric: str
    items: str
    most_items: int
    item_bytes: int


def benchmarks() -> dict[str, Benchmark]:
    """Every benchmark by name."""
    return entries("benchmarks", Benchmark, identity="name")
