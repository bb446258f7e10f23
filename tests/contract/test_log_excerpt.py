"""What a device tells of its log: the last lines, short enough for a message, and nothing it must keep."""

import logging

import msgspec
import pytest

from contract.codec import decode, encode
from contract.ids import fresh_id
from contract.json_log import JsonLines, Keeping
from contract.log_excerpt import LEFT_OUT, MOST_LINES, excerpt
from contract.messages import LogTold
from contract.pickup_code import token


def line(text: str, **extra: object) -> str:
    """As our programs write one."""
    record = logging.makeLogRecord({"name": "contract.link", "levelname": "WARNING", "msg": text, **extra})
    return JsonLines().format(record)


def said(text: str, *hidden: str, **extra: object) -> str:
    [only] = excerpt([line(text, **extra)], hidden)
    return only


def test_a_line_is_told_in_words_with_its_moment_and_its_ids() -> None:
    operation = fresh_id(1_795_000_000_000)
    told = said("broker 127.0.0.1:1883 lost: Keep alive timeout", operation=operation, compartment=7)
    assert told[19:] == (
        " warning contract.link broker 127.0.0.1:1883 lost: Keep alive timeout"
        f" operation={operation} compartment=7"
    )
    assert told[:2] == "20"


@pytest.mark.parametrize(
    "secret",
    [
        "27123456",  # a code
        "27 123 456",
        "480213",  # a PIN
        "03 87 00 12 34",
        "+33612345678",
        "6A98765432109",
        "1Z999AA10123456784",
        token(bytes(32), "p1", 1),
        "a0R45yLoiZ6D3HolSdXRpCYASEC2ZUHifg7847gowpU",  # as contract.broker_password makes them
        bytes(range(32)).hex(),
        "0f" * 64,
    ],
)
@pytest.mark.parametrize("around", ["the ask was {}", '{{"digits":"{}"}}', "no={}.", "{}"])
def test_whatever_looks_like_a_secret_is_left_out(secret: str, around: str) -> None:
    told = said(around.format(secret), left=secret, error=secret)
    assert secret not in told
    assert secret[-6:] not in told
    assert told.count(LEFT_OUT) >= 3


def test_names_are_left_out_whole_in_part_and_in_any_case() -> None:
    told = said(
        "cannot draw BENALI, Yasmina nor yasmina benali's slip for Nguyễn", "Yasmina Benali", "Nguyễn Mai"
    )
    assert "enali" not in told.lower()
    assert "yasmina" not in told.lower()
    assert "Nguyễn" not in told
    assert "cannot draw" in told


def test_an_error_is_told_by_its_end_on_one_line_and_cleaned_too() -> None:
    try:
        raise LookupError("no person with code 27123456")
    except LookupError as error:
        info = (type(error), error, error.__traceback__)
    told = said("an event could not be handled", exc_info=info)
    assert "\n" not in told
    assert f"LookupError: no person with code {LEFT_OUT}" in told


def test_what_is_no_line_of_ours_is_cleaned_all_the_same() -> None:
    assert excerpt(["Traceback 27123456", '["27123456"]', ""], []) == (
        f"Traceback {LEFT_OUT}",
        f'["{LEFT_OUT}"]',
        "",
    )


def test_the_last_lines_fit_into_one_message_whatever_they_say() -> None:
    for text in ("x" * 5_000, '"' * 5_000, "é\n" * 2_000, "\x00" * 900):
        lines = [line(text) for _ in range(500)]
        told = LogTold(order="o", lines=excerpt([*lines, line("the last")], []))
        assert decode(encode(told), LogTold) == told
        assert told.lines[-1].endswith("the last")
        assert 1 < len(told.lines) <= MOST_LINES


def test_a_log_keeps_its_last_lines_and_no_more(capsys: pytest.CaptureFixture[str]) -> None:
    handler = Keeping()
    for number in range(MOST_LINES + 50):
        handler.handle(logging.makeLogRecord({"msg": f"line {number}"}))
    handler.handle(logging.makeLogRecord({"msg": "y" * 100_000}))
    kept = handler.lines()
    assert len(kept) == MOST_LINES
    assert msgspec.json.decode(kept[0])["text"] == "line 51"
    assert sum(map(len, kept)) < 100_000
    assert len(capsys.readouterr().err.splitlines()) == MOST_LINES + 51
