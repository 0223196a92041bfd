"""What must hold, partition by partition; a failed blocking check stops what comes after it in the run."""

from functools import partial
from typing import Any

import dagster as dg

from assets.audit import host_scores, language_cards
from assets.checks.checking import checked
from assets.checks.clusters import MOST_IN_ONE, MOST_LISTED, orphans, swallowed, taken_by_test_sets
from assets.checks.documents import (
    LEAST_PRECISION,
    MOST_BY_ONE_RULE,
    confused,
    failing_hosts,
    forbidden,
    imprecise,
    one_rule_drops,
    unreasoned,
)
from assets.checks.mixtures import budget_problems, impossible_scores, leaked, share_problems
from assets.checks.tables import FROM, emptied, schema_problems
from assets.collection import crawl_index, raw_crawls
from assets.construction import training_mixtures
from assets.contamination import contaminated_documents, trained_on, uncompared
from assets.copies import language_overlap, repeated_paragraphs, source_overlap
from assets.deduplication import dedup_sets, duplicate_edges, signatures
from assets.documents import labelled_documents, parsed_documents, standardized_documents
from assets.evaluation import eval_scores
from assets.evaluation_sets import eval_sets
from assets.identification import lid_confusion
from assets.labeling import cleaned_shards, language_profiles
from assets.tiers import teacher_labels
from assets.training import checkpoints

TABLE_ASSETS: dict[str, Any] = {
    "crawl_index": crawl_index,
    "raw_crawls": raw_crawls,
    "parsed_documents": parsed_documents,
    "standardized_documents": standardized_documents,
    "labelled_documents": labelled_documents,
    "lid_confusion": lid_confusion,
    "teacher_labels": teacher_labels,
    "language_profiles": language_profiles,
    "cleaned_shards": cleaned_shards,
    "signatures": signatures,
    "duplicate_edges": duplicate_edges,
    "dedup_sets": dedup_sets,
    "repeated_paragraphs": repeated_paragraphs,
    "source_overlap": source_overlap,
    "language_overlap": language_overlap,
    "contaminated_documents": contaminated_documents,
    "eval_sets": eval_sets,
    "training_mixtures": training_mixtures,
    "checkpoints": checkpoints,
    "eval_scores": eval_scores,
    "host_scores": host_scores,
    "language_cards": language_cards,
}

CHECKS: list[dg.AssetChecksDefinition] = [
    *(
        checked(
            asset,
            "schema",
            "Columns and types are the declared ones, and a document stands once.",
            partial(schema_problems, table=table),
        )
        for table, asset in TABLE_ASSETS.items()
    ),
    *(
        checked(
            TABLE_ASSETS[table],
            "not_emptied",
            "Where many documents came in, some went out.",
            partial(emptied, table=table),
        )
        for table in FROM
    ),
    checked(raw_crawls, "robots_respected", "No record that robots.txt forbids.", forbidden),
    checked(cleaned_shards, "every_drop_has_a_reason", "Every dropped document has a reason.", unreasoned),
    checked(
        labelled_documents,
        "label_precision",
        f"Of the pages whose language people told, {LEAST_PRECISION:.0%} of those labelled a language are in it.",
        imprecise,
    ),
    checked(
        cleaned_shards,
        "no_rule_drops_most",
        f"No single bound drops more than {MOST_BY_ONE_RULE:.0%} of a cell's documents.",
        one_rule_drops,
        is_blocking=False,  # true of a site full of captions too: a person has to look, and other languages go on
    ),
    checked(
        lid_confusion,
        "languages_told_apart",
        "Close languages are not taken for each other, and each is found and right often enough.",
        confused,
        is_blocking=False,
    ),
    checked(host_scores, "hosts_pass", "No host fails unseen.", failing_hosts, is_blocking=False),
    checked(dedup_sets, "representatives_stand", "Every copy has a kept representative in its cluster.", orphans),
    checked(
        dedup_sets,
        "no_cluster_swallows",
        f"No cluster of near copies holds more than {MOST_IN_ONE:.0%} of a language.",
        swallowed,
        is_blocking=False,
    ),
    checked(
        contaminated_documents,
        "test_sets_take_little",
        f"No evaluation set takes more than {MOST_LISTED:.0%} of a language's documents.",
        taken_by_test_sets,
        is_blocking=False,
    ),
    checked(training_mixtures, "shares_sum_to_one", "The shares of a mixture sum to 1.", share_problems),
    checked(training_mixtures, "budget_respected", "A mixture draws no more than its budget.", budget_problems),
    checked(
        training_mixtures,
        "no_held_out_document",
        "No document that is held out for evaluation is in a mixture.",
        leaked,
    ),
    checked(
        training_mixtures,
        "no_contaminated_document",
        "No document that holds an item of an evaluation set is in a mixture.",
        trained_on,
    ),
    checked(
        training_mixtures,
        "compared_with_evaluation_sets",
        "Every language of a mixture was compared with the evaluation sets as they are.",
        uncompared,
    ),
    checked(eval_scores, "scores_are_numbers", "Every score is a finite number.", impossible_scores),
]
