"""Every table of the lake: its columns with their meaning and unit, and what it is partitioned by.

One place, so that a column has one name and one unit from the crawl to the mixture. `doc_id` (16 bytes, made once at
the crawl) and `content_hash` (16 bytes of sha256 of the standardized text) travel unchanged. Delta has no unsigned
integers: hashes are binary, and numbers of documents and keys are signed.
"""

from lugha.lake.schemas.collection import COLLECTION
from lugha.lake.schemas.columns import Column as Column
from lugha.lake.schemas.columns import Table as Table
from lugha.lake.schemas.deduplication import DEDUPLICATION
from lugha.lake.schemas.documents import DOCUMENTS
from lugha.lake.schemas.labeling import LABELING
from lugha.lake.schemas.training import TRAINING

TABLES: dict[str, Table] = {**COLLECTION, **DOCUMENTS, **LABELING, **DEDUPLICATION, **TRAINING}
