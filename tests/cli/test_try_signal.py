"""`lugha try-signal` on small lakes: what it says, in which order, and where it stops."""

from collections.abc import Callable, Sequence
from itertools import chain
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner, Result

from lugha.cli import main
from lugha.labeling.redecide import decided_cell
from lugha.labeling.trial import try_bound
from lugha.lake import Lake
from lugha.sample.articles import articles_of
from lugha.signals import signals

Rows = Callable[..., pl.DataFrame]
LANGUAGES = ("yor_Latn", "amh_Ethi", "urd_Arab", "mya_Mymr", "tha_Thai", "tur_Latn")
SCORES = [n / 100 for n in range(40)]


def fill(lake: Lake, rows_of: Rows, language: str, scores: Sequence[float | None], snapshot: str = "web-1") -> None:
    """Documents with these digit shares, every one of them with a text of its language; one of another language."""
    texts = list(chain.from_iterable(a.paragraphs for a in articles_of(language)))
    keys = {"snapshot": snapshot, "language": language}
    ids = [f"{snapshot}{n:09}".encode()[:16].ljust(16) for n in range(len(scores) + 1)]
    good = {"lid_label": language, "lid_score": 0.9, "own_byte_count": 100, **dict.fromkeys(signals(), 0.0)}
    labels = [good | {"doc_id": i, "digit_share": x} for i, x in zip(ids, scores, strict=False)]
    labels.append(good | {"doc_id": ids[-1], "lid_label": "eng_Latn", "digit_share": 0.9})
    pages = [{"doc_id": i, "host": f"{n}.example", "text": f"{n}\n{texts[n % len(texts)]}"} for n, i in enumerate(ids)]
    lake.overwrite("labelled_documents", rows_of("labelled_documents", *labels), keys, run_id="test")
    lake.overwrite("standardized_documents", rows_of("standardized_documents", *pages), keys, run_id="test")


def bound(lake: Lake, rows_of: Rows, language: str, at_most: float | None, at_least: float | None = None) -> None:
    row = {
        "signal": "digit_share",
        "at_least": at_least,
        "at_most": at_most,
        "method": "tail",
        "calibrated_by": "40 pages",
    }
    keys = {"language": language}
    lake.overwrite("language_profiles", rows_of("language_profiles", row), keys, run_id="test")


@pytest.fixture
def run(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setenv("LUGHA_LAKE", lake.root)
    monkeypatch.setenv("COLUMNS", "200")
    return lambda *arguments: CliRunner().invoke(main, ["try-signal", *arguments])


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_shows_what_is_dropped_now_and_what_would_be(run, lake: Lake, rows_of: Rows, language: str):
    fill(lake, rows_of, language, SCORES)
    bound(lake, rows_of, language, at_most=0.3)
    result = run("digit_share", "--language", language, "--at-most", "0.2")
    assert result.exit_code == 0, result.output
    lines = [" ".join(line.split()) for line in result.output.splitlines()]
    for line in (
        "now at most 0.3",
        "tail: 40 pages",
        "tried at most 0.2",
        "labelled 41 100.00% 4,100 100.00%",
        "kept now 31 75.61% 3,100 75.61%",
        "dropped by it now 9 21.95% 900 21.95%",
        "newly dropped 10 24.39% 1,000 24.39%",
        "newly kept 0 0.00% 0 0.00%",
        "newly dropped: the 10 of 10 that are nearest to the tried bound",
        "[bounds.digit_share]",
        "at_most = 0.2",
    ):
        assert line in lines
    assert f"lugha/languages/{language}.toml" in result.output
    marks = [line for line in lines if "<-" in line]
    assert [m.split("<- ")[1] for m in marks] == ["tried at most 0.2", "now at most 0.3"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_samples_are_the_nearest_first_in_their_own_direction(run, lake: Lake, rows_of: Rows, language: str):
    fill(lake, rows_of, language, SCORES)
    bound(lake, rows_of, language, at_most=0.3)
    lines = run("digit_share", "--language", language, "--at-most", "0.2").output.splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("newly dropped:"))
    assert lines[start + 1].split() == ["0.21", "21.example"]
    assert lines[start + 3].split() == ["0.22", "22.example"]
    text = lines[start + 2].strip()
    assert (text[0], text[-1]) == ("\u2068", "\u2069")
    paragraphs = list(chain.from_iterable(a.paragraphs for a in articles_of(language)))
    assert text.startswith(f"\u206821 {paragraphs[21 % len(paragraphs)][:40]}")
    assert len(text) <= 152


def test_text_that_turns_the_direction_or_moves_the_cursor_is_disarmed(run, lake: Lake, rows_of: Rows):
    fill(lake, rows_of, "urd_Arab", [0.5])
    keys = {"snapshot": "web-1", "language": "urd_Arab"}
    pages = lake.read("standardized_documents", **keys)
    evil = pages.with_columns(text=pl.lit("می\u200cخواهم \u202eabc\x1b[2J\r\n[bold]x[/bold]"))
    lake.overwrite("standardized_documents", evil, keys, run_id="test")
    bound(lake, rows_of, "urd_Arab", at_most=0.9)
    output = run("digit_share", "--language", "urd_Arab", "--at-most", "0.3").output
    assert "\u2068می\u200cخواهم abc [2J [bold]x[/bold]\u2069" in output
    assert "\u202e" not in output
    assert "\x1b" not in output


def test_a_looser_bound_shows_what_would_be_kept_again(run, lake: Lake, rows_of: Rows):
    fill(lake, rows_of, "tha_Thai", SCORES)
    bound(lake, rows_of, "tha_Thai", at_most=0.3, at_least=0.05)
    output = run("digit_share", "--language", "tha_Thai", "--at-most", "0.35").output
    lines = [" ".join(line.split()) for line in output.splitlines()]
    assert "tried at least 0.05, at most 0.35" in lines
    assert "newly kept 5 12.20% 500 12.20%" in lines
    assert "newly kept: the 5 of 5 that are nearest to the tried bound" in lines
    assert "at_least = 0.05" in lines, "what is written into the file holds both sides"


def test_a_document_that_another_reason_drops_is_not_counted(lake: Lake, rows_of: Rows):
    fill(lake, rows_of, "tha_Thai", SCORES)
    bound(lake, rows_of, "tha_Thai", at_most=0.3)
    trial = try_bound(lake, "digit_share", "tha_Thai", at_most=0.0)
    assert trial.documents.height == 41
    assert trial.documents["reason_tried"].to_list().count("other_language") == 1
    assert trial.newly_dropped["reason_tried"].unique().to_list() == ["digit_share_above"]


def test_without_a_profile_the_default_of_the_signal_file_is_the_bound_now(run, lake: Lake, rows_of: Rows):
    fill(lake, rows_of, "yor_Latn", SCORES)
    output = run("digit_share", "--language", "yor_Latn", "--at-most", "0.2").output
    assert f"now    at most {signals()['digit_share'].BOUND.at_most:g}" in output


def test_a_trial_tells_what_deciding_then_does(lake: Lake, rows_of: Rows):
    fill(lake, rows_of, "yor_Latn", SCORES)
    bound(lake, rows_of, "yor_Latn", at_most=0.3)
    trial = try_bound(lake, "digit_share", "yor_Latn", at_most=0.2)
    bound(lake, rows_of, "yor_Latn", at_most=0.2)
    decisions = decided_cell(lake, "web-1", "yor_Latn").sides["decisions"]
    assert decisions["drop_reason"].to_list() == trial.documents["reason_tried"].to_list()


def test_documents_that_all_score_the_same_have_a_histogram_too(run, lake: Lake, rows_of: Rows):
    fill(lake, rows_of, "yor_Latn", [0.25, 0.25, 0.25])
    rows = lake.read("labelled_documents", language="yor_Latn").with_columns(digit_share=pl.lit(0.25, dtype=pl.Float32))
    lake.overwrite("labelled_documents", rows, {"snapshot": "web-1", "language": "yor_Latn"}, run_id="test")
    bound(lake, rows_of, "yor_Latn", at_most=0.5)
    lines = run("digit_share", "--language", "yor_Latn", "--at-most", "0.25").output.splitlines()
    bars = [line.split() for line in lines if "#" in line]
    assert bars == [["0.25", "#" * 40, "4", "<-", "tried", "at", "most", "0.25"]]


def test_a_snapshot_can_be_looked_at_alone(run, lake: Lake, rows_of: Rows):
    fill(lake, rows_of, "yor_Latn", SCORES)
    fill(lake, rows_of, "yor_Latn", [0.1, None], snapshot="web-2")
    command = ("digit_share", "--language", "yor_Latn", "--at-most", "0.05")
    assert "labelled 44 100.00%" in " ".join(run(*command).output.split())
    assert "labelled 3 100.00%" in " ".join(run(*command, "--snapshot", "web-2").output.split())
    missing = run(*command, "--snapshot", "web-3")
    assert missing.exit_code == 1
    assert 'Nearest: "web-2"' in missing.output


def test_scores_that_were_never_computed_are_said_to_be_missing(run, lake: Lake, rows_of: Rows):
    fill(lake, rows_of, "yor_Latn", [None, None])
    keys = {"snapshot": "web-1", "language": "yor_Latn"}
    rows = lake.read("labelled_documents", **keys).with_columns(digit_share=pl.lit(None, dtype=pl.Float32))
    lake.overwrite("labelled_documents", rows, keys, run_id="test")
    result = run("digit_share", "--language", "yor_Latn", "--at-most", "0.1")
    assert result.exit_code == 0
    assert "No document has a score" in result.output


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["digit_shares", "--language", "yor_Latn", "--at-most", "1"], 1, 'Nearest: "digit_share"'),
        (["digit_share", "--language", "yor_Lat", "--at-most", "1"], 1, 'Nearest: "yor_Latn"'),
        (["digit_share", "--language", "Yoruba", "--at-most", "1"], 1, 'Nearest: "yor_Latn"'),
        (["digit_share", "--language", "tur_Latn", "--at-most", "1"], 1, "Materialize labelled_documents"),
        (["digit_share", "--language", "yor_Latn"], 2, "--at-least, --at-most or both"),
        (["digit_share", "--language", "yor_Latn", "--at-most", "nan"], 2, "finite number"),
        (["digit_share", "--language", "yor_Latn", "--at-most", "1", "--at-least", "2"], 2, "no document can be both"),
        (["digit_share", "--at-most", "1"], 2, "--language"),
    ],
)
def test_what_cannot_be_tried_says_why(run, lake: Lake, rows_of: Rows, arguments, status: int, said: str):
    fill(lake, rows_of, "yor_Latn", [0.1])
    result = run(*arguments)
    assert result.exit_code == status
    assert said in result.output
    assert "Traceback" not in result.output


def test_an_empty_lake_and_no_lake_say_so(run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    arguments = ("digit_share", "--language", "yor_Latn", "--at-most", "1")
    empty = run(*arguments)
    assert (empty.exit_code, "holds no labels" in empty.output) == (1, True)
    monkeypatch.setenv("LUGHA_LAKE", str(tmp_path / "elsewhere"))
    nowhere = run(*arguments)
    assert (nowhere.exit_code, "holds no labels" in nowhere.output) == (1, True)
    assert not (tmp_path / "elsewhere").exists(), "looking creates nothing"


def test_lugha_alone_lists_its_commands():
    result = CliRunner().invoke(main, [])
    assert result.exit_code == 0
    assert "try-signal" in result.output


def test_an_unknown_command_names_the_nearest():
    result = CliRunner().invoke(main, ["try-sinal"])
    assert result.exit_code == 2
    assert 'Nearest: "try-signal"' in result.output
