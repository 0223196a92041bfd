"""A walk in a process of its own, so that a test can kill it: FOLDER ADDRESS SEED..."""

import sys
from pathlib import Path

from lugha.collection.politeness import Politeness
from lugha.collection.walk import Limits, walk

if __name__ == "__main__":
    folder, address, *seeds = sys.argv[1:]
    politeness = Politeness("lugha-test/0.1 (+https://lugha.example)", 0.02, 5.0, resolve={"*": address})
    walk(seeds, politeness, Limits(), Path(folder), lambda _progress: None)
