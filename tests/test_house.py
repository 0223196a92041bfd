"""The house rules that a machine can hold."""

import ast
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import dagster as dg
import pytest

ROOT = Path(__file__).parent.parent
# What each room may import of the others; arrows go one way.
MAY_IMPORT = {
    "lugha": {"lugha"},
    "resources": {"lugha", "resources"},
    "assets": {"lugha", "resources", "assets"},
    "sensors": {"lugha", "resources", "assets", "sensors"},
}
ROOMS = {*MAY_IMPORT, "definitions", "demo", "bench"}
HEAVY = (
    "torch",
    "transformers",
    "tokenizers",
    "fasttext",
    "icu4py",
    "numba",
    "huggingface_hub",
    "trafilatura",
    "datasketch",
)


def imported(file: Path) -> set[str]:
    """Top-level names that a file imports anywhere."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.partition(".")[0])
    return names


@pytest.mark.parametrize("room", sorted(MAY_IMPORT))
def test_arrows_go_one_way(room: str):
    for file in (ROOT / room).rglob("*.py"):
        foreign = (imported(file) & ROOMS) - MAY_IMPORT[room]
        assert not foreign, f"{file.relative_to(ROOT)} imports {sorted(foreign)}"


def test_lugha_never_imports_dagster():
    guilty = [str(f.relative_to(ROOT)) for f in (ROOT / "lugha").rglob("*.py") if "dagster" in imported(f)]
    assert guilty == []


def test_no_dependency_has_the_name_of_a_room():
    """A top-level name that equals a dependency's would shadow it, since the root is on sys.path."""
    names = {p.stem for p in ROOT.iterdir() if p.suffix == ".py" or (p.is_dir() and any(p.glob("*.py")))}
    shadowed = {n: packages_distributions()[n] for n in names if set(packages_distributions().get(n, [])) - {"lugha"}}
    assert shadowed == {}


def test_definitions_load_in_four_seconds_and_bring_nothing_heavy():
    script = (
        "import sys, time; t = time.process_time(); import definitions; "
        f"print(time.process_time() - t, [m for m in {HEAVY!r} if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    seconds, heavy = out.strip().split(" ", 1)
    assert heavy == "[]"
    assert float(seconds) < 4.0


@pytest.fixture(scope="module")
def definitions() -> dg.Definitions:
    import definitions

    return definitions.defs


def test_every_asset_tells_an_auditor_what_it_is(definitions: dg.Definitions):
    graph = definitions.get_repository_def().asset_graph
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        assert node.description, f"{key} has no description"
        assert len(node.description) > 60, f"{key} says next to nothing"
        assert node.owners, f"{key} has no owner"
        assert node.kinds, f"{key} has no kind"
        assert node.code_version, f"{key} has no code version"


def test_groups_are_the_stages_in_the_words_of_the_design(definitions: dg.Definitions):
    graph = definitions.get_repository_def().asset_graph
    groups = {graph.get(key).group_name for key in graph.get_all_asset_keys()}
    assert groups == {
        "collection", "parsing", "standardization", "labeling", "deduplication", "construction", "training", "evaluation", "audit",
    }  # fmt: skip


def test_every_table_asset_has_blocking_checks(definitions: dg.Definitions):
    graph = definitions.get_repository_def().asset_graph
    for key in graph.get_all_asset_keys():
        if key.path[-1] in ("lid_model", "small_models", "tokenizer"):
            continue
        checks = graph.get_check_keys_for_assets({key})
        assert checks, f"{key} has no check"


def test_schedules_are_off_until_somebody_turns_them_on(definitions: dg.Definitions):
    assert all(s.default_status == dg.DefaultScheduleStatus.STOPPED for s in definitions.schedules or [])
