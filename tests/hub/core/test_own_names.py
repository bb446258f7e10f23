"""Which names are the hub's own."""

import pytest

from hub.core.own_names import is_own, own_names


@pytest.mark.parametrize(
    ("host", "names"),
    [
        ("localhost", own_names((), "127.0.0.1")),
        ("LOCALHOST:9742", own_names((), "127.0.0.1")),
        ("[::1]", own_names((), "0.0.0.0")),  # noqa: S104 - compared
        ("[::1]:9742", own_names((), "127.0.0.1")),
        ("10.0.0.7:8000", own_names((), "10.0.0.7")),
        ("[fd00::7]:8000", own_names((), "fd00::7")),
        ("hub.example", own_names(["hub.example"], "127.0.0.1")),
        ("xn--concirge-f1a.example:443", ["conciérge.example"]),
        ("borny.example.org", [".example.org"]),
        ("example.org", [".example.org"]),
    ],
)
def test_it_answers_to_its_own_names_whatever_the_port(host: str, names: list[str]) -> None:
    assert is_own(host, names)


@pytest.mark.parametrize(
    ("host", "names"),
    [
        ("", own_names((), "")),
        ("", [""]),
        ("evil.example", own_names((), "127.0.0.1")),
        ("localhost", own_names(["hub.example"], "127.0.0.1")),
        ("0.0.0.0:8000", own_names((), "0.0.0.0")),  # noqa: S104 - compared
        ("nothub.example", ["hub.example"]),
        ("hub.example.evil.example", ["hub.example"]),
        ("evilexample.org", [".example.org"]),
        ("[::2]:9742", own_names((), "127.0.0.1")),
    ],
)
def test_and_to_no_other(host: str, names: list[str]) -> None:
    assert not is_own(host, names)
