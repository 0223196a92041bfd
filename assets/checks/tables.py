"""What holds for every table: its columns, one row a document, and documents that do not vanish in a stage."""

import polars as pl

from assets.checks.checking import EVERY, Found, name_of
from lugha.lake import TABLES, Lake
from lugha.languages import UNDETERMINED

LARGE_ENOUGH = 20  # documents in: from here on it is no accident that none comes out
FROM = {
    "parsed_documents": "raw_crawls",
    "standardized_documents": "parsed_documents",
    "labelled_documents": "standardized_documents",
    "cleaned_shards": "labelled_documents",
    "signatures": "cleaned_shards",
    "dedup_sets": "signatures",
}
ONE_ROW_A_DOCUMENT = (
    "crawl_index",
    "raw_crawls",
    "parsed_documents",
    "standardized_documents",
    "labelled_documents",
    "cleaned_shards",
    "signatures",
    "dedup_sets",
    "training_mixtures",
)


def schema_problems(lake: Lake, table: str) -> Found:
    """Columns and types as declared; where one row is a document, its id is there, 16 bytes long and unique in the
    partition.
    """
    spec, have = TABLES[table], lake.scan(table).collect_schema()
    for column, dtype in spec.schema.items():
        if have.get(column) != dtype:
            yield EVERY, f"column {column} is {have.get(column)}, declared {dtype}"
    if table in ONE_ROW_A_DOCUMENT:
        ids = lake.scan(table).select("doc_id", *spec.partitioned_by).collect()
        bad = ids.filter(
            pl.col("doc_id").is_null() | (pl.col("doc_id").bin.size() != 16) | pl.struct(ids.columns).is_duplicated()
        )
        for key, rows in bad.group_by(list(spec.partitioned_by)):
            yield (
                name_of(spec.partitioned_by, key),
                f"{rows.height} rows without a doc_id of 16 bytes, or with one that stands twice",
            )


def emptied(lake: Lake, table: str) -> Found:
    """Partitions that took in many documents and give none."""
    into, out = lake.states(FROM[table]), lake.states(table)
    columns, columns_before = TABLES[table].partitioned_by, TABLES[FROM[table]].partitioned_by
    for key, state in out.items():
        keys = dict(zip(columns, key, strict=True))
        if keys["language"] == UNDETERMINED:  # nothing is kept there: what can be told goes to its language
            continue
        before = sum(
            s.row_count
            for k, s in into.items()
            if all(keys.get(c, v) == v for c, v in zip(columns_before, k, strict=True))
        )
        if before >= LARGE_ENOUGH and not state.row_count:
            yield (
                name_of(columns, key),
                f"{before} rows of {FROM[table]} came in, none went out: look at the funnel of the partition",
            )
