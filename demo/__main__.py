"""`make demo`: crawl a small web on loopback and close the loop on it. WEB=folder names another web, JSON=1 prints
the figures as one JSON line.
"""

import json
import os
import subprocess
import sys
import time

from demo.place import Place, alone, prepare, served
from lugha.errors import LughaError


def main() -> int:
    """Run the demo; the exit status is 0 where every step ended well."""
    started = time.monotonic()
    try:
        place = prepare(os.environ.get("WEB", ""))
        with alone(place), served(place):
            if failed := subprocess.run([sys.executable, "-m", "demo.index"], check=False).returncode:
                return failed
            return _after_the_index(place, started)
    except LughaError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 2


def _after_the_index(place: Place, started: float) -> int:
    from lugha.lake import Lake

    lake = Lake(str(place.home.absolute() / "lake"))
    languages = sorted(set(lake.read("crawl_index")["language"]) | {"und_Zyyy"})
    place.keep(LUGHA_LANGUAGES=",".join(languages))

    # Only now: the definitions read the languages when they are imported.
    from demo.display import Display, console
    from demo.gold import import_gold
    from demo.loop import run_loop
    from demo.report import figures, show
    from demo.runner import StepFailed

    display = Display(total=21)
    try:
        with display.progress:
            run_loop(display, languages, lambda: import_gold(lake, place.manifest, place.home / "gold"))
    except StepFailed as failure:
        console.print(str(failure), style="red", highlight=False, markup=False)
        return 1
    told = figures(lake, time.monotonic() - started)
    show(lake, told)
    console.print(f"Everything lies under {place.home}. Look at it in the Dagster UI: make dev")
    if os.environ.get("JSON"):
        print(json.dumps(told, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
