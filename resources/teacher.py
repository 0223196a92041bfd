"""The large model that judges a sample of documents."""

from pathlib import Path
from typing import Any

import dagster as dg
from pydantic import Field

from lugha.rubrics import Rubric, rubrics
from lugha.tiers.chat import Chat, ChatEndpoint
from lugha.tiers.teacher import NoTeacher


class TeacherResource(dg.ConfigurableResource[Any]):
    """Any OpenAI-compatible chat endpoint; without an address there is no teacher. The key comes from the environment
    and is in no log, table or file.
    """

    url: str = Field(default="", description="Base address of the endpoint, such as http://127.0.0.1:8000/v1")
    model: str = Field(default="", description="Name of the model")
    key_variable: str = Field(
        default="LUGHA_TEACHER_KEY", description="Environment variable that holds the key, if any"
    )
    token_budget: int = Field(default=200_000, description="Most tokens that one language may take in one run")
    timeout_seconds: float = Field(default=60.0, description="How long one answer may take")
    folder: str = Field(description="Folder of the journals: every answer is written there as it comes")

    def chat(self) -> Chat:
        """The endpoint. Raises NoTeacher where none is set."""
        if not self.url or not self.model:
            raise NoTeacher(
                "No large model is set, so nothing was judged. Set LUGHA_TEACHER_URL (an OpenAI-compatible address, such "
                "as http://127.0.0.1:8000/v1), LUGHA_TEACHER_MODEL and, where it asks for one, LUGHA_TEACHER_KEY."
            )
        key = dg.EnvVar(self.key_variable).get_value() or ""
        return ChatEndpoint(self.url, self.model, key, self.timeout_seconds)

    def rubrics(self) -> list[Rubric]:
        """What is asked, in the order of the aspects' names."""
        return list(rubrics().values())

    def journal(self, language: str) -> Path:
        """The answers of one language so far."""
        return Path(self.folder) / f"{language}.jsonl"
