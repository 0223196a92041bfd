"""What a training run will do, decided before its first step: its numbers, the order of its tokens, its fingerprint.

The whole run is one array of (language, window) rows that depends on documents, tokenizer, settings and seed alone. A
batch is a slice of it, so a run that stops anywhere knows where it was, and one that is asked to go on with another
plan can tell. The array costs 16 bytes a window: enough for a billion tokens, not for a trillion, where a keyed
permutation would take its place.

Knows nothing of models or files. The fingerprint follows OLMo-core, which refuses another data set at resume
(src/olmo_core/data/data_loader.py:452, commit fa6c501).
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import polars as pl

from lugha.errors import LughaError
from lugha.training.tokenizer import BOS_ID, NothingToTrainOn, encode, open_tokenizer

Streams = Mapping[str, np.ndarray]  # language -> token ids, a BOS before each document

# Settings that say how a run is watched over, not what it computes.
_NOT_IN_FINGERPRINT = frozenset({"save_every"})


class BadTrainSettings(LughaError):
    """A training setting has a value that no run can work with."""


class DuplicateDocument(LughaError):
    """A document stands twice among the documents of a run; repeating is said by `repeat_count`."""


class PlanChanged(LughaError):
    """A folder holds checkpoints of a run with another plan; going on would give weights that no plan explains."""


@dataclass(frozen=True)
class TrainSettings:
    """The numbers of a run. Defaults: the million-parameter Llama of the measurements in docs (AdamW .9/.95, decay .1,
    clip 1, 5 % warm-up).

    dim is the width (a multiple of 2 * head_count), seq_len the window in tokens, batch_size the windows of a step.
    step_count None means one pass over every window. The learning rate rises over warm_up_share of the steps and falls
    linearly to final_learning_rate_share. save_every counts steps. One thread repeats byte for byte on one kind of CPU;
    with more threads, on a GPU, or with other library versions sums may be taken in another order, and nothing is
    promised but the same data in the same order.
    Raises BadTrainSettings.
    """

    dim: int = 128
    layer_count: int = 3
    head_count: int = 4
    seq_len: int = 128
    batch_size: int = 16
    step_count: int | None = None
    learning_rate: float = 3e-3
    warm_up_share: float = 0.05
    final_learning_rate_share: float = 0.1
    beta_1: float = 0.9
    beta_2: float = 0.95
    weight_decay: float = 0.1
    gradient_clip: float = 1.0
    seed: int = 0
    save_every: int = 100
    threads: int = 1

    def __post_init__(self) -> None:
        for name in (
            "dim",
            "layer_count",
            "head_count",
            "seq_len",
            "batch_size",
            "step_count",
            "save_every",
            "threads",
            "learning_rate",
            "gradient_clip",
        ):
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise BadTrainSettings(f"{name} is {value}; it must be greater than 0.")
        if self.dim % (2 * self.head_count):
            raise BadTrainSettings(
                f"dim {self.dim} is no multiple of 2 * head_count ({2 * self.head_count}). "
                f"Take dim {32 * self.head_count}."
            )
        for name in ("warm_up_share", "final_learning_rate_share"):
            if not 0 <= getattr(self, name) <= 1:
                raise BadTrainSettings(f"{name} is {getattr(self, name)}; a share lies between 0 and 1.")

    def learning_rate_at(self, step: int, step_count: int) -> float:
        """The learning rate of a step (the first is 0) of a run of step_count steps; it depends on nothing else, so a
        resumed run has the same.
        """
        warm_up = min(1.0, (step + 1) / max(1.0, step_count * self.warm_up_share))
        decay = 1 - (1 - self.final_learning_rate_share) * step / step_count
        return self.learning_rate * warm_up * decay


def stream_order(documents: pl.DataFrame, seed: int) -> dict[str, list[bytes]]:
    """Per language (sorted) the doc_ids in training order, each as often as its repeat_count, ordered by sha256(seed,
    doc_id, epoch).

    The order of a document depends on no other document: adding one moves none of the others past each other.
    Raises DuplicateDocument.
    """
    twice = documents.filter(pl.col("doc_id").is_duplicated())
    if not twice.is_empty():
        raise DuplicateDocument(
            f"{twice['doc_id'].n_unique()} documents stand more than once, the first is {twice['doc_id'][0].hex()}. "
            "Give each document one row, and say how often it is read in repeat_count."
        )
    keyed: dict[str, list[tuple[bytes, bytes]]] = {}
    for doc_id, language, repeat_count in (
        documents.select("doc_id", "language", "repeat_count").sort("language").iter_rows()
    ):
        for epoch in range(repeat_count):
            keyed.setdefault(language, []).append((_order_key(seed, doc_id, epoch), doc_id))
    return {language: [doc_id for _, doc_id in sorted(rows)] for language, rows in keyed.items()}


def token_streams(tokenizer_json: str, documents: pl.DataFrame, seed: int) -> dict[str, np.ndarray]:
    """Per language (sorted) one array of token ids: its documents in `stream_order`, BOS before each. Each document is
    tokenized once.

    documents: doc_id binary, language, text, repeat_count. Ids are uint16 up to a vocabulary of 65,536, else uint32.
    Raises NothingToTrainOn where no document is to be read even once, DuplicateDocument, BrokenTokenizer.
    """
    order = stream_order(documents, seed)
    if not order:
        raise NothingToTrainOn(
            f"none of {documents.height} documents has a repeat_count above 0. "
            "Build a mixture that draws at least one document."
        )
    tokenizer = open_tokenizer(tokenizer_json)
    streams = {}
    for language, doc_ids in order.items():
        of_language = documents.filter((pl.col("language") == language) & (pl.col("repeat_count") > 0))
        encoded = encode(tokenizer, of_language["text"].to_list())
        pieces = {doc_id: np.insert(ids, 0, BOS_ID) for doc_id, ids in zip(of_language["doc_id"], encoded, strict=True)}
        streams[language] = np.concatenate([pieces[doc_id] for doc_id in doc_ids])
    return streams


def make_plan(streams: Streams, seq_len: int, step_count: int | None, batch_size: int, seed: int) -> np.ndarray:
    """The run as an int64 array of (index of the language in `streams`, window), steps * batch_size rows, in the order
    of training.

    Every window of every language comes once before any comes again. A window's place in a pass is a raw draw of PCG64,
    seeded by seed, pass and language, so that taking one language away leaves the others in their order: candidates of
    one base then differ by their mixtures and little by chance. numpy keeps these draws the same over its versions.
    step_count None is one pass; the last batch is then filled from the next one. A fixed step_count may cut a pass or
    need several: the more documents a language has in `streams`, the greater its share.
    Raises NothingToTrainOn.
    """
    rows = np.concatenate(
        [np.empty((0, 2), dtype=np.int64)]
        + [
            np.column_stack([np.full(count, index), np.arange(count)])
            for index, count in enumerate(-(-len(stream) // seq_len) for stream in streams.values())
        ]
    )
    if not len(rows):
        raise NothingToTrainOn(f"the token streams of {len(streams)} languages are empty. Give at least one document.")
    needed = batch_size * (step_count or -(-len(rows) // batch_size))
    counts = {language: -(-len(stream) // seq_len) for language, stream in streams.items()}
    passes = [rows[np.argsort(_places(counts, seed, turn), kind="stable")] for turn in range(-(-needed // len(rows)))]
    return np.concatenate(passes)[:needed]


def _places(counts: Mapping[str, int], seed: int, turn: int) -> np.ndarray:
    """A place for every window of a pass, language after language."""
    draws = []
    for language, count in counts.items():
        key = hashlib.sha256(f"{seed}|{turn}|{language}".encode()).digest()[:16]
        draws.append(np.random.PCG64(int.from_bytes(key, "big")).random_raw(count))
    return np.concatenate(draws)


def window(stream: np.ndarray, index: int, seq_len: int) -> np.ndarray:
    """seq_len + 1 tokens (the last is only predicted) from position index * seq_len on. The last window goes on at the
    beginning of the stream, so no token is left out and the shortest language has one window.
    """
    start = index * seq_len
    return np.take(stream, np.arange(start, start + seq_len + 1), mode="wrap")


def documents_of_window(stream: np.ndarray, doc_ids: Sequence[bytes], index: int, seq_len: int) -> list[bytes]:
    """The doc_ids that a window reads, in stream order; doc_ids: the language's entry of `stream_order`."""
    positions = np.arange(index * seq_len, index * seq_len + seq_len + 1) % len(stream)
    documents = np.searchsorted(np.flatnonzero(stream == BOS_ID), positions, side="right") - 1
    return [doc_ids[document] for document in dict.fromkeys(documents.tolist())]


def identity(
    plan: np.ndarray, streams: Streams, tokenizer_json: str, settings: TrainSettings, parent_id: str | None
) -> dict[str, str]:
    """Everything that a run's weights follow from, by name, each as a short text; no clock and no path. parent_id: the
    parent's checkpoint_id.
    """
    numbers = {name: repr(value) for name, value in asdict(settings).items() if name not in _NOT_IN_FINGERPRINT}
    tokens = {
        f"tokens of {language}": hashlib.sha256(stream.tobytes()).hexdigest() for language, stream in streams.items()
    }
    return {
        **numbers,
        **tokens,
        "order": hashlib.sha256(plan.tobytes()).hexdigest(),
        "tokenizer": hashlib.sha256(tokenizer_json.encode()).hexdigest(),
        "parent checkpoint": str(parent_id),
    }


def fingerprint(parts: Mapping[str, str]) -> str:
    """sha256, in hex, of a run's `identity`."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def refuse_another_plan(folder: Path, before: Mapping[str, str], now: Mapping[str, str]) -> None:
    """Raise PlanChanged, naming what differs, unless the checkpoints in `folder` come from the run that is asked for
    now.
    """
    changed = [name for name in sorted(before.keys() | now.keys()) if before.get(name) != now.get(name)]
    if changed:
        told = "; ".join(
            f"{name}: {_short(before.get(name))} then, {_short(now.get(name))} now" for name in changed[:8]
        )
        raise PlanChanged(
            f"{folder} holds a run with another plan. {len(changed)} things differ: {told}. "
            "Ask for the old plan to go on with it, or train into another folder."
        )


def _order_key(seed: int, doc_id: bytes, epoch: int) -> bytes:
    return hashlib.sha256(f"{seed}:{epoch}:".encode() + doc_id).digest()


def _short(value: str | None) -> str:
    return "absent" if value is None else value if len(value) < 32 else value[:8]
