"""The installer at the terminal."""

from collections.abc import Callable
from typing import Protocol, TypeVar

import click

Answer = TypeVar("Answer")


class LeftError(Exception):
    """The installer has ended it."""

    def __init__(self) -> None:
        super().__init__("it was ended")


class Installer(Protocol):
    """Somebody in front of the cabinet. Every question raises LeftError when they end it instead."""

    def tell(self, text: str) -> None:
        """Say something."""
        ...

    def wait_for(self, text: str) -> None:
        """Ask for something to be done, and wait until it is."""
        ...

    def agrees(self, question: str, *, usually: bool = True) -> bool:
        """A question with yes or no."""
        ...

    def number(self, question: str, usual: int, first: int, last: int) -> int:
        """A question with a number from `first` to `last`."""
        ...

    def choice(self, question: str, usual: str, choices: tuple[str, ...]) -> str:
        """A question with one of these answers."""
        ...


class AtTerminal:
    """An `Installer` with a keyboard; Ctrl-C at a question ends it."""

    def tell(self, text: str) -> None:
        """See `Installer`."""
        click.echo(text)

    def wait_for(self, text: str) -> None:
        """See `Installer`."""
        _asked(lambda: click.prompt(f"{text}  [Enter]", default="", show_default=False, prompt_suffix=" "))

    def agrees(self, question: str, *, usually: bool = True) -> bool:
        """See `Installer`."""
        return _asked(lambda: click.confirm(question, default=usually))

    def number(self, question: str, usual: int, first: int, last: int) -> int:
        """See `Installer`."""
        kind = click.IntRange(first, last)
        answer: int = _asked(lambda: click.prompt(question, default=usual, type=kind))
        return answer

    def choice(self, question: str, usual: str, choices: tuple[str, ...]) -> str:
        """See `Installer`."""
        kind = click.Choice(choices, case_sensitive=False)
        answer: str = _asked(lambda: click.prompt(question, default=usual, type=kind))
        return answer


def _asked(ask: Callable[[], Answer]) -> Answer:
    try:
        return ask()
    except click.Abort:
        click.echo()
        raise LeftError from None
