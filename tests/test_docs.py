"""What the pages name is there."""

import re
from pathlib import Path

import pytest

from lugha.lake import TABLES
from lugha.mixtures import recipes

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
PYTHON = [*ROOT.glob("*.py"), *(f for room in ("resources", "demo", "lugha") for f in (ROOT / room).rglob("*.py"))]


def test_every_make_target_of_the_readme_exists():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"\bmake ([a-z-]+)", README))
    assert named
    assert named <= set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))


def test_every_setting_of_the_readme_is_read_somewhere_and_the_other_way_round():
    code = "\n".join(f.read_text(encoding="utf-8") for f in PYTHON)
    documented, read = set(re.findall(r"`(LUGHA_[A-Z_]+)`", README)), set(re.findall(r'"(LUGHA_[A-Z_]+)"', code))
    assert documented == read


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_links_of_the_pages_lead_somewhere(page: str):
    for target in re.findall(r"\]\(([^)#]+)\)", (ROOT / page).read_text(encoding="utf-8")):
        assert (ROOT / target).exists(), target


def test_decisions_that_the_code_names_exist():
    code = "\n".join(f.read_text(encoding="utf-8") for f in (*PYTHON, *(ROOT / "assets").rglob("*.py")))
    named = {n for pair in re.findall(r"decision (\d{4})|decisions/(\d{4})", code) for n in pair if n}
    there = {f.name[:4] for f in (ROOT / "docs" / "decisions").glob("*.md")}
    assert named
    assert named <= there


def test_every_column_of_every_table_says_what_it_means():
    for name, table in TABLES.items():
        assert table.grain
        for column in table.columns.values():
            assert len(column.meaning) > 3, name


def test_every_recipe_says_what_it_is_for():
    assert all(len(recipe.purpose) > 20 for recipe in recipes().values())
