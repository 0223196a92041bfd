"""Building partitions: what is unchanged is left alone, and one bad partition does not cost the others."""

import polars as pl
import pytest

from lugha.errors import LughaError
from lugha.lake import Lake, WrongColumns
from lugha.lake import build as build_module
from lugha.lake.build import Built, Made, PartitionsFailed, build
from lugha.lake.lake import Keys

LANGUAGES = ["yor_Latn", "amh_Ethi", "mya_Mymr"]
PARTITIONS = [{"snapshot": "web-1", "language": code} for code in LANGUAGES]


class NoText(LughaError):
    """Stands for what a stage may say."""


class Stage:
    """Makes `standardized_documents` with `decisions` beside it, and remembers for which languages it was asked."""

    def __init__(self, lake: Lake, rows_of) -> None:
        self.lake, self.rows_of = lake, rows_of
        self.inputs = dict.fromkeys(LANGUAGES, "digest-1")
        self.asked: list[str] = []
        self.fails: dict[str, Exception] = {}

    def make(self, keys: Keys) -> Made:
        self.asked.append(keys["language"])
        if error := self.fails.get(keys["language"]):
            raise error
        rows = self.rows_of(
            "standardized_documents",
            *({"doc_id": bytes([n]) * 16, "text": f"{keys['language']} {n}"} for n in range(3)),
        )
        return Made(
            rows,
            {"decisions": self.rows_of("decisions", *({"doc_id": bytes([n]) * 16, "is_kept": True} for n in range(3)))},
        )

    def run(self, partitions=PARTITIONS, code_version="1", settings=None, **more) -> list[Built]:
        self.asked.clear()
        return build(
            self.lake,
            "standardized_documents",
            partitions,
            code_version=code_version,
            settings=lambda keys: settings,
            inputs=lambda keys: {"standardized_documents": self.inputs[keys["language"]]},
            make=more.pop("make", self.make),
            run_id="run-1",
            **more,
        )

    def versions(self) -> tuple[int, int]:
        return self.lake.version("standardized_documents"), self.lake.version("decisions")

    def languages(self, table: str) -> list[str]:
        return sorted(language for _, language in self.lake.states(table))


@pytest.fixture
def stage(lake, rows_of) -> Stage:
    return Stage(lake, rows_of)


def test_the_first_build_makes_every_partition_in_order(stage):
    built = stage.run()
    assert [b.keys for b in built] == PARTITIONS
    assert stage.asked == LANGUAGES
    assert not any(b.is_unchanged for b in built)
    assert built[0].inputs == {"standardized_documents": "digest-1"}
    assert stage.lake.states("standardized_documents") == {("web-1", b.keys["language"]): b.state for b in built}
    assert stage.lake.read("standardized_documents").height == stage.lake.read("decisions").height == 9


def test_an_unchanged_build_makes_nothing_and_writes_nothing(stage):
    first = stage.run()
    versions = stage.versions()
    again = stage.run()
    assert stage.asked == []
    assert stage.versions() == versions
    assert all(b.is_unchanged for b in again)
    assert [b.state for b in again] == [b.state for b in first]


def test_a_changed_input_rebuilds_its_partition_alone(stage):
    stage.run()
    stage.inputs["amh_Ethi"] = "digest-2"
    built = stage.run()
    assert stage.asked == ["amh_Ethi"]
    assert [b.is_unchanged for b in built] == [True, False, True]


@pytest.mark.parametrize("changed", [{"settings": {"at_least": 0.3}}, {"code_version": "2"}])
def test_changed_settings_or_code_rebuild_everything_once(stage, changed):
    stage.run()
    stage.run(**changed)
    assert stage.asked == LANGUAGES
    stage.run(**changed)
    assert stage.asked == []


def test_rows_that_come_in_another_order_have_the_same_state(stage):
    first = stage.run()
    shuffled = stage.run(code_version="2", make=lambda keys: Made(stage.make(keys).rows.reverse()))
    assert [b.state.digest for b in shuffled] == [b.state.digest for b in first]


def test_a_partition_that_was_overwritten_by_hand_is_built_again(stage):
    stage.run()
    stage.lake.overwrite(
        "standardized_documents", stage.rows_of("standardized_documents"), PARTITIONS[0], run_id="by hand"
    )
    stage.run()
    assert stage.asked == ["yor_Latn"]
    assert stage.lake.read("standardized_documents").height == 9


def test_a_new_partition_leaves_the_others_alone(stage):
    stage.run(PARTITIONS[:2])
    stage.run()
    assert stage.asked == ["mya_Mymr"]


def test_no_partitions_are_no_work(stage):
    assert stage.run([]) == []


def test_a_partition_named_twice_holds_its_rows_once(stage):
    stage.run([PARTITIONS[0], PARTITIONS[0]])
    assert stage.lake.read("standardized_documents").height == 3


def test_a_failing_partition_does_not_cost_the_others_and_is_named(stage):
    stage.fails["amh_Ethi"] = NoText("the model is missing: run lid_model first")
    with pytest.raises(PartitionsFailed, match=r"1 of 3 partitions failed(.|\n)*web-1\|amh_Ethi: the model is missing"):
        stage.run()
    assert stage.asked == LANGUAGES
    assert stage.languages("standardized_documents") == stage.languages("decisions") == ["mya_Mymr", "yor_Latn"]
    stage.fails.clear()
    stage.run()
    assert stage.asked == ["amh_Ethi"]


def test_a_failing_partition_keeps_what_it_held(stage):
    stage.run()
    stage.fails["amh_Ethi"] = NoText("no")
    with pytest.raises(PartitionsFailed, match="amh_Ethi"):
        stage.run(code_version="2")
    assert stage.lake.read("standardized_documents", language="amh_Ethi").height == 3


def test_inputs_that_cannot_be_told_fail_their_partition_alone(stage):
    def inputs(keys: Keys) -> dict[str, str]:
        if keys["language"] == "yor_Latn":
            raise NoText("recipe is broken")
        return {}

    with pytest.raises(PartitionsFailed, match=r"yor_Latn: recipe is broken"):
        build(
            stage.lake,
            "standardized_documents",
            PARTITIONS,
            code_version="1",
            settings=lambda keys: None,
            inputs=inputs,
            make=stage.make,
            run_id="run-1",
        )
    assert stage.languages("standardized_documents") == ["amh_Ethi", "mya_Mymr"]


@pytest.mark.parametrize("bad", ["standardized_documents", "decisions"])
def test_a_partition_whose_rows_do_not_fit_one_of_its_tables_is_in_neither(stage, bad):
    def make(keys: Keys) -> Made:
        made = stage.make(keys)
        if keys["language"] != "amh_Ethi":
            return made
        if bad == "decisions":
            return Made(made.rows, {"decisions": made.sides["decisions"].drop("bound")})
        return Made(made.rows.drop("text"), made.sides)

    with pytest.raises(PartitionsFailed, match=f"amh_Ethi: {bad}: the frame lacks"):
        stage.run(make=make)
    assert stage.languages("standardized_documents") == stage.languages("decisions") == ["mya_Mymr", "yor_Latn"]


def test_what_is_done_is_visible_while_the_rest_is_made(stage, monkeypatch):
    monkeypatch.setattr(build_module, "FLUSH_SECONDS", -1.0)
    seen = []

    def make(keys: Keys) -> Made:
        seen.append((len(stage.lake.states("standardized_documents")), len(stage.lake.states("decisions"))))
        return stage.make(keys)

    stage.run(make=make)
    assert seen == [(0, 0), (1, 1), (2, 2)]


def test_an_error_that_lugha_does_not_know_stops_the_build_and_loses_nothing_committed(stage, monkeypatch):
    monkeypatch.setattr(build_module, "FLUSH_SECONDS", -1.0)
    stage.fails["mya_Mymr"] = ZeroDivisionError("a bug")
    with pytest.raises(ZeroDivisionError):
        stage.run()
    assert stage.languages("standardized_documents") == ["amh_Ethi", "yor_Latn"]


def test_a_side_table_is_visible_before_its_main_table(stage, monkeypatch):
    """A main partition that is there counts as done, so its side must never be missing."""
    committed = []
    original = build_module.Batch.commit
    monkeypatch.setattr(build_module.Batch, "commit", lambda batch: (committed.append(batch.table), original(batch))[1])
    stage.run()
    assert committed == ["decisions", "standardized_documents"]


def test_progress_is_told_partition_by_partition(stage):
    told = []
    stage.run(on_built=lambda done, keys: told.append((done, keys["language"])))
    assert told == list(enumerate(LANGUAGES, start=1))


def test_a_foreign_row_fails_its_partition_with_the_reason(stage):
    def make(keys: Keys) -> Made:
        return Made(stage.make(keys).rows.with_columns(pl.lit("tur_Latn").alias("language")))

    with pytest.raises(PartitionsFailed, match=r"3 of 3(.|\n)*another language"):
        stage.run(make=make)
    assert issubclass(WrongColumns, LughaError)
    assert stage.languages("standardized_documents") == []
