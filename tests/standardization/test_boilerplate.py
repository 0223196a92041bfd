"""A site's menu goes, its songs stay."""

import random

from hypothesis import given
from hypothesis import strategies as st

from lugha.sample.articles import articles_of
from lugha.standardization.boilerplate import LEAST_DOCUMENTS, LONGEST, without_boilerplate

MENU = "หน้าแรก\nข่าว\nติดต่อเรา"
STORIES = ["\n".join(article.paragraphs) for article in articles_of("tha_Thai")[:9]]


def test_menu_lines_of_a_host_go():
    pages = [f"{MENU}\n{story}\n© บ้านท่าสะแก" for story in STORIES]
    assert without_boilerplate(pages, ["a.example"] * len(pages)) == STORIES


def test_other_hosts_are_untouched():
    pages = [f"{MENU}\n{story}" for story in STORIES]
    hosts = ["a.example"] * 7 + ["b.example", "c.example"]
    assert without_boilerplate(pages, hosts) == [*STORIES[:7], *pages[7:]]


def test_a_refrain_stays_in_its_song():
    refrain = "Ẹ wá, ẹ bá wa ṣọdún."
    song = "\n".join(f"{line}\n{refrain}" for line in articles_of("yor_Latn")[0].paragraphs)
    others = ["\n".join(article.paragraphs) for article in articles_of("yor_Latn")[1:8]]
    assert without_boilerplate([song, *others], ["a.example"] * 8) == [song, *others]


def test_a_line_of_two_documents_stays():
    pages = [f"አንድ ምሳሌ\n{n}" for n in range(LEAST_DOCUMENTS - 1)]
    assert without_boilerplate(pages, ["a.example"] * len(pages)) == pages


def test_a_line_of_a_few_among_many_documents_stays():
    """A series of four on a host of thirteen pages: less than a third."""
    pages = [f"چوتھی قسط\n{n}" if n < 4 else f"صفحہ {n}" for n in range(13)]
    assert without_boilerplate(pages, ["a.example"] * 13) == pages
    assert without_boilerplate(pages[:12], ["a.example"] * 12)[0] == "0"


def test_a_long_line_stays():
    """Whole paragraphs on many pages are copies, of which deduplication keeps one."""
    pages = [f"{'ağ' * (LONGEST // 2)}ç\n{n}" for n in range(5)]
    assert without_boilerplate(pages, ["a.example"] * 5) == pages
    pages = [f"{'ağ' * (LONGEST // 2)}\n{n}" for n in range(5)]
    assert without_boilerplate(pages, ["a.example"] * 5) == ["0", "1", "2", "3", "4"]


def test_a_story_stored_three_times_is_not_boilerplate():
    """The print view, the mobile view and the page itself: all of its short lines would stand in three documents."""
    story = "Aslan uyandı.\nFare kaçtı.\nOrman sustu."
    pages = [story, story, story, *STORIES[:4]]
    assert without_boilerplate(pages, ["a.example"] * 7) == pages


def test_the_order_of_the_documents_does_not_matter():
    documents = [(f"{MENU}\n{story}", f"{n % 2}.example") for n, story in enumerate(STORIES)]
    cleaned = dict(zip(documents, without_boilerplate(*zip(*documents, strict=True)), strict=True))
    for seed in range(5):
        shuffled = random.Random(seed).sample(documents, len(documents))
        assert without_boilerplate(*zip(*shuffled, strict=True)) == [cleaned[document] for document in shuffled]


def test_no_documents_are_no_problem():
    assert without_boilerplate([], []) == []
    assert without_boilerplate([""] * 4, ["a.example"] * 4) == [""] * 4


@given(st.lists(st.tuples(st.lists(st.sampled_from("កខគ ")).map("\n".join), st.sampled_from("ab")), max_size=12))
def test_only_whole_lines_of_a_document_are_left_out(documents: list[tuple[str, str]]):
    cleaned = without_boilerplate([text for text, _ in documents], [host for _, host in documents])
    for (text, _), kept in zip(documents, cleaned, strict=True):
        lines = iter(text.split("\n"))
        assert all(line in lines for line in kept.split("\n")) or not kept
