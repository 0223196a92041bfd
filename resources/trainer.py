"""Where and how training runs."""

from pathlib import Path
from typing import Any

import dagster as dg
from pydantic import Field

from lugha.training.train import TrainSettings


class TrainerResource(dg.ConfigurableResource[Any]):
    """The checkpoint store and the size of the model. One process on this machine; other places come with their own
    issue.
    """

    folder: str = Field(description="Checkpoint store")
    threads: int = Field(default=1, description="CPU threads; with one, a resumed run is byte-identical")
    vocabulary_size: int = Field(default=4096, description="Tokens of the tokenizer")
    tokenizer_bytes_per_language: int = Field(
        default=60_000, description="Most bytes of one language in the tokenizer's sample"
    )

    learning_rate: float = Field(default=3e-3, description="Peak learning rate of a fresh model")
    continued_learning_rate: float = Field(
        default=1e-3, description="Peak learning rate where training continues; a lower one forgets and wanders less"
    )

    def settings(self, seed: int, is_continued: bool) -> TrainSettings:
        """Settings of one run."""
        rate = self.continued_learning_rate if is_continued else self.learning_rate
        return TrainSettings(threads=self.threads, seed=seed, learning_rate=rate)

    def path(self, relative: str) -> Path:
        """A folder of the store."""
        return Path(self.folder) / relative
