"""`conciergerie lockers recognise`: what the programs make of the text of a label."""

import click
import msgspec

from contract.scans.carriers import recognise as recognised


@click.command(context_settings={"ignore_unknown_options": True})  # a text may begin with "-"
@click.argument("text")
def recognise(text: str) -> None:
    """Say whose parcel TEXT is, as one JSON object: carrier, number, whether its check digit fits.

    `valid` is null where the form has no check digit; carrier is "unknown" where no form fits. Then come
    the fields that the form has.
    """
    readable = text.encode(errors="replace").decode()  # a terminal may hand over what is no UTF-8
    click.echo(msgspec.json.encode(recognised(readable)))
