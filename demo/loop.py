"""The loop in its order: collect, clean, train, score; starve a language, notice, go back for it; train and score
again.
"""

from collections.abc import Callable, Sequence

import dagster as dg

from assets.partitions import key_ranges
from demo.display import Display
from demo.runner import Runner

DOCUMENTS = ["raw_crawls", "parsed_documents", "standardized_documents"]
AFTER_COMPARING = [
    "host_scores",
    "dedup_sets",
    "repeated_paragraphs",
    "source_overlap",
    "eval_sets",
    "contaminated_documents",
    "language_cards",
]
ROUNDS = ("round-1", "round-2", "round-3")
FIRST_RANGE, LAST_RANGE = key_ranges.get_partition_keys()[0], key_ranges.get_partition_keys()[-1]


def run_loop(display: Display, languages: Sequence[str], tell_gold: Callable[[], int]) -> None:
    """Every step of the demo after the index; each is skipped where a run of it ended well before. `tell_gold` puts
    what is known of the pages' languages into the lake, for a check to measure labels on.
    """
    runner = Runner(display)
    snapshot = next(s for s in runner.instance.get_dynamic_partitions("snapshots") if s.startswith("web-"))
    cells = (f"{languages[0]}|{snapshot}", f"{languages[-1]}|{snapshot}")
    of_languages = (languages[0], languages[-1])
    runner.run("documents", "fetch, parse, standardize", DOCUMENTS, first_last=cells)
    runner.run("lid", "learn to tell the languages apart", ["lid_model"])
    runner.run("confusion", "what is taken for what", ["lid_confusion"], first_last=of_languages)
    runner.run("small models", "stop words, classifiers, language models", ["small_models"], first_last=of_languages)
    tell_gold()
    runner.run("labels", "label", ["labelled_documents"], first_last=cells)
    # Records under a wrong hint were found by their text; now the right language collects them.
    runner.run(
        "refiled", "collect what was filed under a wrong language", [*DOCUMENTS, "labelled_documents"], first_last=cells
    )
    tell_gold()
    runner.run("profiles", "bounds per language", ["language_profiles"], first_last=of_languages)
    runner.run("cleaned", "decide", ["cleaned_shards"], first_last=cells)
    runner.run("signed", "sign", ["signatures"], first_last=cells)
    ranges = (f"{FIRST_RANGE}|{languages[0]}", f"{LAST_RANGE}|{languages[-1]}")
    runner.run("compared", "find near copies", ["duplicate_edges"], first_last=ranges)
    runner.run("dedup", "remove copies, hold out", AFTER_COMPARING, first_last=of_languages)
    runner.run("overlap", "who repeats whom", ["language_overlap"], first_last=of_languages)
    runner.run("tokenizer", "train a tokenizer", ["tokenizer"])
    for mixture in ("base", ROUNDS[0], ROUNDS[1]):
        runner.run(mixture, f"mix and train {mixture}", ["training_mixtures", "checkpoints"], partition=mixture)
    runner.run("scores", "score every language", ["eval_scores"], first_last=of_languages)
    recollect(runner)
    runner.run(ROUNDS[2], f"mix and train {ROUNDS[2]}", ["training_mixtures", "checkpoints"], partition=ROUNDS[2])
    runner.run("scores-3", "score every language again", ["eval_scores"], first_last=of_languages)


def recollect(runner: Runner) -> None:
    """Tick the sensor and do what it asks for, until it asks for nothing; what the automation sensor would do after
    each, too.
    """
    for _ in range(5):
        requests = tick(runner)
        if not requests:
            return
        for request in requests:
            key = request.partition_key
            assert isinstance(key, dg.MultiPartitionKey)
            language, request_id = key.keys_by_dimension["language"], request.tags["lugha/request"]
            runner.run(
                f"recollect {request.run_key}",
                f"go back for {language}",
                ["raw_crawls"],
                partition=str(key),
                config=request.run_config,
                tags=request.tags,
            )
            after = ["parsed_documents", "standardized_documents", "labelled_documents"]
            runner.run(f"after {request_id} documents", f"parse and label {language}", after, partition=str(key))
            runner.run(
                f"after {request_id} profile", f"bounds of {language}", ["language_profiles"], partition=language
            )
            decided = ["cleaned_shards", "signatures"]
            runner.run(f"after {request_id} cleaned", f"decide on {language}", decided, partition=str(key))
            ranges = (f"{FIRST_RANGE}|{language}", f"{LAST_RANGE}|{language}")
            runner.run(f"after {request_id} compared", "find near copies", ["duplicate_edges"], first_last=ranges)
            runner.run(f"after {request_id} dedup", f"remove copies in {language}", AFTER_COMPARING, partition=language)


def tick(runner: Runner) -> Sequence[dg.RunRequest]:
    """One tick of the eval_regression sensor on the demo's instance."""
    from sensors.eval_regression import eval_regression

    resources = {"lake": (runner.definitions.resources or {})["lake"]}
    with dg.build_sensor_context(instance=runner.instance, resources=resources) as context:
        ticked = eval_regression(context)
    if not isinstance(ticked, dg.SensorResult):
        return []
    for request in ticked.dynamic_partitions_requests or []:
        if isinstance(request, dg.AddDynamicPartitionsRequest):
            runner.instance.add_dynamic_partitions(request.partitions_def_name, list(request.partition_keys))
    return ticked.run_requests or []
