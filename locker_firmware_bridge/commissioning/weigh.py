"""Read what a scale sent, as it stands in a log or a terminal: bytes in hexadecimal, answers in JSON."""

import json
import sys
from contextlib import suppress

import click

from locker_firmware_bridge.scales.protocols import PROTOCOLS, ScaleProtocol, lines
from locker_firmware_bridge.scales.protocols.answers import Reading, UnreadableLineError


class BadHexError(click.ClickException):
    """What was typed is no row of bytes."""

    exit_code = 2


@click.command()
@click.option("--protocol", required=True, type=click.Choice(list(PROTOCOLS)), help="What the scale speaks.")
@click.argument("text", metavar="HEX")
def weigh(protocol: str, text: str) -> None:
    """Say what the bytes HEX of a scale mean, one JSON object a line.

    HEX is one argument: "53 20 53 20 20 20 20 20 20 20 34 2E 33 35 20 6B 67 0D 0A". A value is what
    the scale showed, to its last digit. Status 1: a line is an error, or there is none.
    """
    answers = [_answer(PROTOCOLS[protocol], line) for line in lines.split(_bytes(text))]
    for answer in answers:
        click.echo(json.dumps(answer))
    if not answers:
        click.echo("there is no line in these bytes: copy them from the beginning of a line", err=True)
    if not answers or any("error" in answer for answer in answers):
        sys.exit(1)


def _bytes(text: str) -> bytes:
    with suppress(ValueError):
        if text.strip():
            return bytes.fromhex(text)
    raise BadHexError(f"{text!r} is no row of bytes: write two digits 0-9 or A-F each, with a space between")


def _answer(protocol: ScaleProtocol, line: bytes) -> dict[str, str | bool | None]:
    try:
        said = protocol.parse(line)
    except UnreadableLineError as error:
        return {"error": str(error)}
    if isinstance(said, Reading):
        return {"value": f"{said.value:f}", "unit": said.unit, "stable": said.stable}
    return {"error": said.why}
