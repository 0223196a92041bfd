"""Other systems that remove near-duplicates, run by the interpreters of environments that have them.

All get five-word shingles and 14 bands of 8 rows, FineWeb2's settings. datasketch and rensa bring no command and no
words; they get lower-case runs of `\\w`. datatrove splits at spaces, or with spaCy's multi-language tokenizer, which its
table gives to 967 of 2177 languages. text-dedup runs its own command. Each script takes a folder of .parquet shards
(SHARDS) and one to write in (OUT; variables, since workers start with other arguments), and leaves the ids that it
removes in OUT/removed_ids.txt.
"""

from dataclasses import dataclass

BANDS, ROWS = 14, 8
WORKERS = 2


@dataclass(frozen=True)
class Peer:
    """A system: the packages that decide its results, its script, and whether it is fast enough for the large size."""

    packages: tuple[str, ...]
    script: str
    is_fast: bool


_HEAD = f"""
import os, re, sys
from pathlib import Path
folder, out = Path(os.environ["SHARDS"]), Path(os.environ["OUT"])
BANDS, ROWS, WORKERS = {BANDS}, {ROWS}, {WORKERS}
WORD = re.compile(r"\\w+")
def documents():
    import pyarrow.parquet as pq
    for path in sorted(folder.glob("*.parquet")):
        for batch in pq.ParquetFile(path).iter_batches(2000, columns=["id", "text"]):
            yield from zip(batch.column(0).to_pylist(), batch.column(1).to_pylist())
def shingles(text):
    words = WORD.findall(text.lower())
    return [" ".join(words[i : i + 5]) for i in range(max(1, len(words) - 4))]
def remove(names):
    (out / "removed_ids.txt").write_text("".join(f"{{name}}\\n" for name in names), encoding="utf-8")
def remove_all_but_the_first(names, pairs):
    parent = list(range(len(names)))
    def root(i):
        while parent[i] != i:
            parent[i] = i = parent[parent[i]]
        return i
    for a, b in pairs:
        a, b = sorted((root(a), root(b)))
        parent[b] = a
    remove(name for i, name in enumerate(names) if parent[i] != i)
"""
_DATASKETCH = """
import xxhash
from datasketch import MinHash, MinHashLSH
names, texts = zip(*documents())
sets = ({shingle.encode() for shingle in shingles(text)} for text in texts)
signatures = list(MinHash.generator(sets, num_perm=BANDS * ROWS, hashfunc=xxhash.xxh32_intdigest))
index = MinHashLSH(num_perm=BANDS * ROWS, params=(BANDS, ROWS))
with index.insertion_session() as session:
    for i, signature in enumerate(signatures):
        session.insert(i, signature, check_duplication=False)
remove_all_but_the_first(names, ((i, j) for i, signature in enumerate(signatures) for j in index.query(signature)))
"""
_RENSA = """
from itertools import islice
from rensa import RMinHash, RMinHashLSH
names, signatures, rows = [], [], documents()
while block := list(islice(rows, 2000)):
    names += [name for name, _ in block]
    sets = [shingles(text) for _, text in block]
    signatures += RMinHash.from_token_sets(sets, num_perm=BANDS * ROWS, seed=42)
index = RMinHashLSH(threshold=0.7, num_perm=BANDS * ROWS, num_bands=BANDS)
index.insert_many(signatures, start_key=0)
remove_all_but_the_first(names, ((i, j) for i, found in enumerate(index.query_all(signatures)) for j in found))
"""
_DATATROVE = """
import gzip, json
from datatrove.executor.local import LocalPipelineExecutor
from datatrove.pipeline.dedup import MinhashDedupCluster, MinhashDedupFilter, MinhashDedupSignature
from datatrove.pipeline.dedup.minhash import MinhashConfig, MinhashDedupBuckets
from datatrove.pipeline.readers import ParquetReader
from datatrove.pipeline.writers.jsonl import JsonlWriter
from datatrove.utils.hashing import HashConfig
from datatrove.utils.word_tokenizers import WordTokenizer
class Split(WordTokenizer):
    def word_tokenize(self, text): return text.split()
    def sent_tokenize(self, text): return [text]
    def span_tokenize(self, text): return [(0, len(text))]
    def __hash__(self): return 1
    def __eq__(self, other): return isinstance(other, WordTokenizer)
if __name__ == "__main__":  # workers read this file again
    place = {name: str(out / name) for name in ("signatures", "buckets", "remove", "removed", "kept")}
    config = MinhashConfig(n_grams=5, num_buckets=BANDS, hashes_per_bucket=ROWS,
        hash_config=HashConfig(hash_fc="xxhash", precision=64))
    shard_count = len(list(folder.glob("*.parquet")))
    read = ParquetReader(str(folder))
    def run(steps, tasks):
        logs = str(out / f"logs-{steps[-1].name}-{tasks}")
        LocalPipelineExecutor(steps, tasks=tasks, workers=min(tasks, WORKERS), logging_dir=logs).run()
    language = "aak_Latn" if SPACY else Split()
    run([read, MinhashDedupSignature(place["signatures"], config=config, language=language)], shard_count)
    run([MinhashDedupBuckets(place["signatures"], place["buckets"], config=config)], BANDS)
    run([MinhashDedupCluster(place["buckets"], place["remove"], config=config)], 1)
    run([read, MinhashDedupFilter(place["remove"], exclusion_writer=JsonlWriter(place["removed"])),
        JsonlWriter(place["kept"])], shard_count)
    removed = sorted(Path(place["removed"]).rglob("*.gz"))
    remove(json.loads(line)["id"] for path in removed for line in gzip.open(path, "rt", encoding="utf-8"))
"""
_TEXT_DEDUP = '''
import runpy
config = """[input]
input_type = "local_files"
file_type = "parquet"
[input.read_arguments]
path = "{folder}"
split = "train"
[algorithm]
algorithm_name = "minhash"
text_column = "text"
num_proc = {workers}
hash_func_name = "xxh3"
num_perm = {permutations}
bands = {bands}
rows = {rows}
threshold = 0.7
ngram_size = 5
min_length = 0
check_false_positive = false
[output]
output_dir = "{result}"
clean_cache = true
[debug]
enable_profiling = false
"""
if __name__ == "__main__":  # workers read this file again
    result = out / "result"
    filled = config.format(folder=folder, result=result, workers=WORKERS, permutations=BANDS * ROWS, bands=BANDS, rows=ROWS)
    (out / "config.toml").write_text(filled)
    os.chdir(out)  # it reads config.toml there
    sys.argv = ["text_dedup.minhash"]
    runpy.run_module("text_dedup.minhash", run_name="__main__")
    from datasets import load_from_disk
    kept = set(load_from_disk(str(result))["id"])
    remove(name for name, _ in documents() if name not in kept)
'''

OF_A = {
    "rensa": Peer(("rensa",), _HEAD + _RENSA, is_fast=True),
    "datasketch": Peer(("datasketch", "xxhash"), _HEAD + _DATASKETCH, is_fast=True),
    "datatrove, str.split": Peer(("datatrove",), _HEAD + "SPACY = False\n" + _DATATROVE, is_fast=True),
    "datatrove, spaCy": Peer(("datatrove", "spacy"), _HEAD + "SPACY = True\n" + _DATATROVE, is_fast=False),
}
OF_B = {"text-dedup": Peer(("text-dedup", "datasets"), _HEAD + _TEXT_DEDUP, is_fast=False)}
