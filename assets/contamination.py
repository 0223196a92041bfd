"""Documents that hold evaluation items, and the check that no mixture has one."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from typing import Any

import dagster as dg
import polars as pl

from assets.deduplication import dedup_sets
from assets.evaluation_sets import eval_sets
from assets.metadata import of_partition, of_table
from assets.partitions import languages, one_run, when_new
from assets.stage import run_stage
from lugha.benchmarks.external import external_files, external_items
from lugha.deduplication.contamination import contaminated
from lugha.labeling.kept import kept_batches
from lugha.lake import Lake
from lugha.lake.build import Built, Made
from lugha.lake.lineage import stale_partitions
from lugha.settings import test_sets
from resources import LakeResource


@dg.asset(
    partitions_def=languages,
    deps=[dedup_sets, eval_sets],
    group_name="deduplication",
    kinds={"numba", "deltalake"},
    owners=["team:deduplication"],
    code_version="1",
    backfill_policy=one_run,
    automation_condition=when_new,
    metadata=of_table("contaminated_documents"),
)
def contaminated_documents(context: dg.AssetExecutionContext, lake: LakeResource) -> dg.MaterializeResult[Any]:
    """Documents that hold an item of an evaluation set, of the lake's own or of those in `LUGHA_TEST_SETS`: as a whole,
    by a run of thirteen words, or as a near copy. They are in no mixture; this list tells why.
    """
    opened, folder = lake.open(), test_sets()

    def make(keys: Any) -> Made:
        language = keys["language"]
        own = opened.scan("eval_sets", **keys).select("benchmark", "item_id", "text").collect()
        items = pl.concat([own, external_items(folder, language)])
        candidates = opened.scan("dedup_sets", **keys).filter(pl.col("is_kept") & ~pl.col("is_held_out"))
        documents = kept_batches(opened, candidates.select("doc_id"), language=language)
        return Made(contaminated(documents, items, own=own["item_id"].to_list()))

    def tell(built: Built, rows: pl.DataFrame) -> dict[str, dg.MetadataValue]:
        by_kind, by_benchmark = Counter(rows["kind"]), Counter(rows["benchmark"])
        # Many documents of one item are a hint that the item is a footer or a headline, and no question.
        most = rows.group_by("benchmark", "item_id").len()["len"].max() or 0
        numbers = {
            "document_count": rows["doc_id"].n_unique(),
            "most_of_one_item": most,
            **{f"{kind}_count": n for kind, n in by_kind.items()},
        }
        return of_partition(built, rows, reasons=by_benchmark, numbers=numbers)

    def settings(keys: Any) -> object:
        if folder is None:
            return None
        files = external_files(folder, keys["language"])
        return [(str(path.relative_to(folder)), hashlib.sha256(path.read_bytes()).hexdigest()) for path in files]

    return run_stage(context, opened, settings=settings, make=make, tell=tell)


def trained_on(lake: Lake) -> Iterator[tuple[str, str]]:
    """Mixtures that hold a document that is listed as contaminated, or a text equal to one."""
    listed = lake.scan("contaminated_documents").select("doc_id", "language")
    texts = lake.scan("dedup_sets").join(listed, on=["doc_id", "language"], how="semi").select("content_hash")
    mixed = lake.scan("training_mixtures").select("mixture", "doc_id", "content_hash")
    by_id = mixed.join(listed.select("doc_id"), on="doc_id", how="semi")
    by_text = mixed.join(texts, on="content_hash", how="semi")
    found = pl.concat([by_id, by_text]).unique().group_by("mixture").len().sort("mixture").collect()
    yield from ((mixture, f"{n} documents hold items of evaluation sets") for mixture, n in found.iter_rows())


def uncompared(lake: Lake) -> Iterator[tuple[str, str]]:
    """Mixtures that hold documents of a language that were not compared with the lake's evaluation sets as both are now:
    an empty list proves nothing where nobody looked. A changed file of LUGHA_TEST_SETS is not seen here.
    """
    version = str(contaminated_documents.code_versions_by_key[contaminated_documents.key])
    stale = {keys["language"] for keys in stale_partitions(lake, "contaminated_documents", version)}
    mixed = lake.scan("training_mixtures").select("mixture", "language").unique().sort("mixture", "language").collect()
    for (mixture,), rows in mixed.group_by(["mixture"], maintain_order=True):
        missing = [language for language in rows["language"] if language in stale]
        if missing:
            shown = ", ".join(missing[:5]) + (" and more" if len(missing) > 5 else "")
            yield (
                str(mixture),
                f"contaminated_documents is missing or out of date for {shown}: materialize it, then the mixture",
            )
