"""An installer who answers from a script, and does at the simulated cabinet what is asked."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

Hand = Callable[[], object]


@dataclass
class ScriptedInstaller:
    """Answers the first rule whose pattern is in a question, else what is usual.

    `hands`: what is done at the cabinet when a text is said, the first that matches, each time. `told`
    is everything that was said or asked.
    """

    answers: Sequence[tuple[str, object]] = ()
    hands: Sequence[tuple[str, Hand]] = ()
    told: list[str] = field(default_factory=list)

    def tell(self, text: str) -> None:
        self._hears(text)

    def wait_for(self, text: str) -> None:
        self._hears(text)

    def agrees(self, question: str, *, usually: bool = True) -> bool:
        return bool(self._answer(question, usually))

    def number(self, question: str, usual: int, first: int, last: int) -> int:
        number = int(str(self._answer(question, usual)))
        assert first <= number <= last
        return number

    def choice(self, question: str, usual: str, choices: tuple[str, ...]) -> str:
        choice = str(self._answer(question, usual))
        assert choice in choices
        return choice

    def said(self, pattern: str) -> bool:
        """Whether something like this was said or asked."""
        return any(re.search(pattern, text) for text in self.told)

    def _answer(self, question: str, usual: object) -> object:
        self._hears(question)
        return next((said for pattern, said in self.answers if re.search(pattern, question)), usual)

    def _hears(self, text: str) -> None:
        self.told.append(text)
        hand = next((hand for pattern, hand in self.hands if re.search(pattern, text)), None)
        if hand is not None:
            hand()
