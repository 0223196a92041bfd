"""Labels are made with the identifier of tests/identification."""

from tests.identification.conftest import documents, hinted, lid, texts

__all__ = ["documents", "hinted", "lid", "texts"]
