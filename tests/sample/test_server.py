import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lugha.sample.server import file_for, serve


@pytest.fixture(scope="module")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("web") / "hosts"
    for path, text in {
        "a.example/index.html": "Ẹ káàbọ̀",
        "a.example/news/index.html": "ዜና",
        "a.example/robots.txt": "User-agent: *",
        "a.example/sitemap.xml": "<urlset/>",
        "a.example/old.htm": "x",
        "a.example/with space.html": "خبریں",
        "b.example/index.html": "b",
        "../secret.txt": "secret",
    }.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    (folder / "a.example" / "out.txt").symlink_to(folder.parent / "secret.txt")
    return folder


@pytest.fixture(scope="module")
def client(hosts: Path) -> Iterator[httpx.Client]:
    with serve(hosts) as address, httpx.Client(base_url=f"http://{address}") as client:
        yield client


@pytest.mark.parametrize(
    ("path", "content_type", "text"),
    [
        ("/", "text/html", "Ẹ káàbọ̀"),
        ("/index.html", "text/html", "Ẹ káàbọ̀"),
        ("/news/", "text/html", "ዜና"),
        ("/news/?page=2", "text/html", "ዜና"),
        ("/robots.txt", "text/plain", "User-agent: *"),
        ("/sitemap.xml", "application/xml", "<urlset/>"),
        ("/old.htm", "text/html", "x"),
        ("/with%20space.html", "text/html", "خبریں"),
    ],
)
def test_the_host_header_chooses_the_folder(client: httpx.Client, path: str, content_type: str, text: str) -> None:
    answer = client.get(path, headers={"Host": "A.example:80"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, content_type)
    assert answer.content.decode() == text


def test_a_directory_without_its_slash_is_redirected_to_it(client: httpx.Client) -> None:
    answer = client.get("/news", headers={"Host": "a.example"})
    assert (answer.status_code, answer.headers["location"]) == (301, "/news/")


@pytest.mark.parametrize(
    ("host", "path"),
    [
        ("a.example", "/missing"),
        ("c.example", "/"),
        ("a.example", "/%2e%2e/%2e%2e/secret.txt"),
        ("a.example", "/..%2fb.example/index.html"),
        ("a.example", "/out.txt"),
        ("..", "/secret.txt"),
        ("a.example/..", "/b.example/"),
        ("", "/"),
    ],
)
def test_what_is_not_below_the_folder_of_the_host_is_not_there(client: httpx.Client, host: str, path: str) -> None:
    assert client.get(path, headers={"Host": host}).status_code == 404


@given(st.text(), st.text())
def test_no_request_reaches_outside_or_raises(hosts: Path, host: str, target: str) -> None:
    for name in (host, "a.example"):
        file = file_for(hosts, name, target)
        assert file is None or file.resolve().is_relative_to(hosts / name.lower())


def test_the_server_ends_with_its_block(hosts: Path) -> None:
    with serve(hosts) as address:
        port = int(address.rpartition(":")[2])
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))
