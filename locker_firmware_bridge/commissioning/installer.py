"""The installer at the terminal."""

from typing import Protocol

import click


class Installer(Protocol):
    """Somebody in front of the cabinet."""

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
    """An `Installer` with a keyboard. Ctrl-C ends the program."""

    def tell(self, text: str) -> None:
        """See `Installer`."""
        click.echo(text)

    def wait_for(self, text: str) -> None:
        """See `Installer`."""
        click.prompt(f"{text}  [Enter]", default="", show_default=False, prompt_suffix=" ")

    def agrees(self, question: str, *, usually: bool = True) -> bool:
        """See `Installer`."""
        return click.confirm(question, default=usually)

    def number(self, question: str, usual: int, first: int, last: int) -> int:
        """See `Installer`."""
        answer: int = click.prompt(question, default=usual, type=click.IntRange(first, last))
        return answer

    def choice(self, question: str, usual: str, choices: tuple[str, ...]) -> str:
        """See `Installer`."""
        answer: str = click.prompt(question, default=usual, type=click.Choice(choices, case_sensitive=False))
        return answer
