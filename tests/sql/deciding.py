"""Working tables of one decide() as its queries find them, filled where a test says something."""

import polars as pl

SCHEMAS = {
    "documents": {
        "doc": pl.Int64,
        "doc_id": pl.Binary,
        "content_hash": pl.Binary,
        "url_hash": pl.Binary,
        "seen": pl.Int64,
        "worse": pl.Float64,
    },
    "components": {"doc": pl.Int64, "component": pl.Int64},
    "joined": {"doc": pl.Int64, "component": pl.Int64},
    "before": {"doc_id": pl.Binary, "representative_id": pl.Binary, "is_kept": pl.Boolean, "is_held_out": pl.Boolean},
    "alone": {"doc": pl.Int64, "doc_id": pl.Binary, "was_held_out": pl.Boolean},
    "drawn": {"cluster_id": pl.Binary},
    "similarities": {"doc": pl.Int64, "similarity": pl.Float32},
    "signed": {"doc": pl.Int64, "signature": pl.Binary},
}
SCHEMAS["members"] = SCHEMAS["documents"] | {
    "component": pl.Int64,
    "was_kept": pl.Boolean,
    "was_held_out": pl.Boolean,
    "old_representative_id": pl.Binary,
}
SCHEMAS["clusters"] = {
    "component": pl.Int64,
    "cluster_size": pl.Int64,
    "cluster_id": pl.Binary,
    "is_known": pl.Boolean,
    "was_held_out": pl.Boolean,
    "representative_id": pl.Binary,
    "held_out_representative_id": pl.Binary,
}
SCHEMAS["kept"] = SCHEMAS["members"] | {
    "cluster_id": pl.Binary,
    "cluster_size": pl.Int64,
    "is_held_out": pl.Boolean,
    "first_kept_id": pl.Binary,
    "is_held_out_copy": pl.Boolean,
    "is_kept": pl.Boolean,
}
SCHEMAS["decided"] = {
    "doc": pl.Int64,
    "cluster_id": pl.Binary,
    "representative_id": pl.Binary,
    "is_kept": pl.Boolean,
    "cluster_size": pl.Int64,
    "method": pl.String,
    "similarity": pl.Float32,
    "rehydration_weight": pl.Int32,
    "is_held_out": pl.Boolean,
}
SCHEMAS["copies"] = SCHEMAS["decided"] | {"representative_doc": pl.Int64, "is_same_text": pl.Boolean}
del SCHEMAS["copies"]["similarity"]
SCHEMAS["incoming"] = SCHEMAS["documents"]
USUAL = {"was_kept": False, "seen": 0, "worse": 0.0}


def tables(**filled: list[dict[str, object]]) -> dict[str, pl.DataFrame]:
    """The named tables. A document `n` has the id `b"n"` and a text of its own where no other is given."""
    return {
        name: pl.DataFrame([_filled(row) for row in rows], schema=SCHEMAS[name], orient="row")
        for name, rows in filled.items()
    }


def _filled(row: dict[str, object]) -> dict[str, object]:
    own = f"{row.get('doc', '')}".encode()
    return USUAL | {"doc_id": own, "content_hash": b"text " + own} | row
