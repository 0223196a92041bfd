from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from lugha.collection.frontier import Frontier, Known


def drained(frontier: Frontier) -> list[str]:
    found = []
    while (known := frontier.pop()) is not None:
        found.append(known.url)
    return found


def test_languages_take_turns_and_within_one_the_nearest_comes_first() -> None:
    frontier = Frontier()
    for n in range(4):
        frontier.add(Known(f"en{n}", 1, None, "eng_Latn"))
    frontier.add(Known("yo-deep", 3, None, "yor_Latn"))
    frontier.add(Known("yo-near", 1, None, "yor_Latn"))
    assert drained(frontier) == ["en0", "yo-near", "en1", "yo-deep", "en2", "en3"]


def test_what_is_only_noted_is_known_and_never_waits() -> None:
    frontier = Frontier()
    frontier.note(Known("deep", 9, None, "und_Zyyy"))
    assert frontier.find("deep") is not None
    assert frontier.pop() is None


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 3)), max_size=40))
def test_no_language_is_more_than_one_turn_ahead_of_one_that_waits(pages: list[tuple[str, int]]) -> None:
    frontier = Frontier()
    for number, (language, depth) in enumerate(pages):
        frontier.add(Known(f"{language}{number}", depth, None, language))
    order = drained(frontier)
    assert sorted(order) == sorted(f"{language}{number}" for number, (language, _) in enumerate(pages))
    total = Counter(language for language, _ in pages)
    turns: Counter[str] = Counter()
    for url in order:
        turns[url[0]] += 1
        assert all(turns[url[0]] - turns[other] <= 1 for other in total if turns[other] < total[other])
