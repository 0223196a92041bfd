import pytest

from lugha.collection.politeness import BadPoliteness, Politeness

AGENT = "lugha/1.0 (+https://project.example/crawler)"


@pytest.mark.parametrize("agent", ["Mozilla/5.0", "lugha/1.0", "crawler (+https://project.example)"])
def test_a_crawler_that_hides_who_it_is_is_refused(agent: str) -> None:
    with pytest.raises(BadPoliteness, match="contact"):
        Politeness(agent)


@pytest.mark.parametrize("address", ["127.0.0.1", "http://127.0.0.1:80", ":80", "mirror:port"])
def test_an_override_that_leads_nowhere_is_refused(address: str) -> None:
    with pytest.raises(BadPoliteness, match="address:port"):
        Politeness(AGENT, resolve={"*": address})


@pytest.mark.parametrize("setting", [{"delay_seconds": -1}, {"timeout_seconds": 0}, {"max_bytes": 0}, {"retries": -1}])
def test_impossible_numbers_are_refused(setting: dict[str, float]) -> None:
    with pytest.raises(BadPoliteness, match=next(iter(setting))):
        Politeness(AGENT, **setting)  # type: ignore[arg-type]


def test_a_named_host_goes_before_the_star() -> None:
    politeness = Politeness(AGENT, resolve={"a.example": "127.0.0.1:81", "*": "[::1]:82"})
    assert politeness.address_of("a.example", 80) == ("127.0.0.1", 81)
    assert politeness.address_of("b.example", 443) == ("::1", 82)
    assert Politeness(AGENT).address_of("b.example", 443) == ("b.example", 443)
