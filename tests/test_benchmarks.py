"""Benchmarks: one file each."""

import pytest

from lugha.benchmarks import benchmarks
from lugha.registry import UnknownKey


def test_the_packaged_benchmark_asks_for_bits_per_byte_of_text_that_no_mixture_holds():
    found = benchmarks()["held_out_text"]
    assert (found.name, found.metric, found.level) == ("held_out_text", "bits_per_byte", "basic")
    assert found.most_items > 0
    assert found.item_bytes > 0


def test_a_benchmark_is_one_file_and_a_misspelt_key_is_an_error(tmp_path, monkeypatch):
    good = (
        'meaning = "words of Yoruba proverbs"\nlevel = "culture"\nmetric = "bits_per_byte"\n'
        'items = "proverbs"\nmost_items = 10\nitem_bytes = 100\n'
    )
    (tmp_path / "benchmarks").mkdir()
    monkeypatch.setenv("LUGHA_CATALOG", str(tmp_path))
    (tmp_path / "benchmarks" / "proverbs.toml").write_text(good, encoding="utf-8")
    assert set(benchmarks()) >= {"held_out_text", "proverbs"}
    (tmp_path / "benchmarks" / "proverbs.toml").write_text(good + 'levels = "domain"\n', encoding="utf-8")
    with pytest.raises(UnknownKey, match=r'proverbs\.toml.*"levels".*Nearest: "level"'):
        benchmarks()
