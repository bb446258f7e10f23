"""The hub's secrets: made once, read by their owner alone, and never guessed at."""

import threading
from pathlib import Path

import pytest

from hub.keys import KeyFileError, Keys, read_password


def test_keys_are_made_once_and_stay(tmp_path: Path) -> None:
    first, second = Keys(tmp_path / "keys"), Keys(tmp_path / "keys")
    assert first.site_key("borny") == second.site_key("borny")
    assert first.site_key("borny") != first.site_key("paris")
    assert first.order_public_key() == second.order_public_key()


def test_nobody_else_can_read_them(tmp_path: Path) -> None:
    Keys(tmp_path / "keys").site_key("borny")
    for path in (tmp_path / "keys").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0
    assert (tmp_path / "keys").stat().st_mode & 0o077 == 0


def test_a_key_others_can_read_is_refused_with_the_remedy(tmp_path: Path) -> None:
    keys = Keys(tmp_path)
    keys.order_key()
    (tmp_path / "order.key").chmod(0o644)
    with pytest.raises(KeyFileError, match="chmod 600"):
        keys.order_key()


@pytest.mark.parametrize("content", ["", "zz", "00" * 31, "00" * 33])
def test_a_damaged_key_is_never_used(tmp_path: Path, content: str) -> None:
    (tmp_path / "order.key").write_text(content)
    (tmp_path / "order.key").chmod(0o600)
    with pytest.raises(KeyFileError, match="damaged"):
        Keys(tmp_path).order_key()


def test_all_who_ask_at_once_get_the_same_key(tmp_path: Path) -> None:
    found: list[bytes] = []
    threads = [
        threading.Thread(target=lambda: found.append(Keys(tmp_path / "keys").site_key("borny")))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1


def test_a_password_is_the_first_line_of_its_file(tmp_path: Path) -> None:
    file = tmp_path / "house.secret"
    file.touch(mode=0o600)
    file.write_text("é un secret\nfor the house\n")
    assert read_password(file) == "é un secret"


@pytest.mark.parametrize(
    ("content", "mode", "said"),
    [
        (b"secret", 0o644, "can be read by others: chmod 600"),
        (b"\n", 0o600, "has no password: write it into its first line"),
        (b"\xffsecret", 0o600, "is no text"),
        (None, 0o600, "cannot be read: No such file"),
    ],
)
def test_a_file_without_a_password_that_may_be_used_is_named_with_the_remedy(
    tmp_path: Path, content: bytes | None, mode: int, said: str
) -> None:
    file = tmp_path / "house.txt"
    if content is not None:
        file.write_bytes(content)
        file.chmod(mode)
    with pytest.raises(KeyFileError, match=said) as raised:
        read_password(file)
    assert "secret" not in str(raised.value)
