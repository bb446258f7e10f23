"""Every screen at both sizes, standing and seated: what is touched is large enough, apart, and in reach."""

from dataclasses import replace

import pytest

from contract import messages as m
from kiosk.core import screens as s
from kiosk.core.state import Draft, Staff, State, Visit
from tests.browser.conftest import Kiosk
from tests.fakes.bridge import SLIP, parcel
from tests.fakes.kiosk import PEOPLE

pytestmark = pytest.mark.browser

ONE, TWO, SHELF = parcel("i-1", 12, size="L"), parcel("i-2", 10), parcel("i-3", 101, "B4")
VISIT = Visit("v", (ONE, TWO))
DONE = Visit("v", (ONE, TWO), done=frozenset({"i-1"}))
LYING = tuple(
    m.ShelfItem(item=f"l-{place}", person=one.person, kind="parcel", label=f"B{place}")
    for place, one in enumerate((*PEOPLE, PEOPLE[0]), 8)
)
NOBODY = m.ShelfItem(item="l-0", person="p-0", kind="letter", label="Rayonnage du fond")
STAFF = Staff("sv", "st", "SB", 7, hands_over=True, shelf=(*LYING[:6], NOBODY, LYING[6]))
DRAFT = Draft("6A12345678901", "Colissimo", PEOPLE[0], "i-1")

STAFF_SCREENS: tuple[s.Screen, ...] = (
    s.Parcels("close_door"),
    s.FindPerson("2", PEOPLE),
    s.PickSize(too_small="M", close=7),
    s.PickSize(free=("S",)),
    s.Claiming("given_up", ONE, door_open=True),
    s.Placed(ONE),
    s.Placed(SHELF),
    s.Opening(ONE),
    s.DoorOpen(ONE, 0),
    s.DoorClosed(ONE, quick=False),
    s.Blocked(ONE, 2),
    s.Ticket(ONE, "p", SLIP),
    s.Shelf(),
    s.Shelf(1),
    s.HandOver(LYING[0]),
    s.HandOver(NOBODY),
    s.HandOver(LYING[1], sent=True),
    s.HandedOver(LYING[1]),
    s.Ticket(ONE, "p", m.Slip(ticket=999, digits="999888777", token=SLIP.token)),
)
SCREENS: tuple[s.Screen, ...] = (
    s.Start(),
    s.Typing(),
    s.Checking(),
    s.CodeRefused(),
    s.CodeRefused(15),
    s.CodeRefused(label=True),
    s.Opening(ONE),
    s.Opening(ONE, 2),
    s.DoorOpen(ONE, 0),
    s.DoorOpen(ONE, 0, late=True),
    s.DoorClosed(ONE, quick=False),
    s.HaveIt(ONE),
    s.NextDoor(TWO, ONE),
    s.Thanks(ONE),
    s.WhatIsMissing(ONE),
    s.KeptBack(ONE, "too_high", door_open=True, told=True),
    s.KeptBack(ONE, "empty", door_open=False, told=True),
    s.Blocked(ONE, 2),
    s.Blocked(ONE, 0),
    s.AtCounter((SHELF,)),
    s.Silent(),
    s.Refusal("busy", ONE),
    s.Refusal("disk"),
    s.SignIn(),
    s.SignIn(refused=True, wait_seconds=15),
)
OVERS: tuple[s.Over, ...] = ("still_there", "help", "other", "languages", "deposit", "about")

FAULTS = """(seatedExcept) => {
  const faults = [], over = document.querySelector(".over");
  const shown = (node) => {
    const box = node.getBoundingClientRect();
    return box.width > 0 && box.height > 0 && getComputedStyle(node).visibility !== "hidden";
  };
  const buttons = [...document.querySelectorAll("#stage button")]
    .filter((node) => shown(node) && !node.matches("[data-logo]"))
    .filter((node) => !over || over.contains(node) || node.closest(".bottom"));
  const named = (node) => node.innerText.trim() || node.className;
  const boxes = buttons.map((node) => [named(node), node.getBoundingClientRect(), node]);
  const seated = document.querySelector("[data-seated]");
  for (const [name, box, node] of boxes) {
    if (box.width < 139.5 || box.height < 139.5) faults.push(`small: ${name}`);
    if (node.matches(".btn-main:not(.key)") && box.height < 159.5 && !seated)
      faults.push(`main too small: ${name}`);
    if (box.left < -0.5 || box.top < -0.5 || box.right > innerWidth + 0.5 || box.bottom > innerHeight + 0.5)
      faults.push(`outside: ${name}`);
    if (seated && box.top < innerHeight * 0.55 - 0.5 && !(seatedExcept && node.matches(seatedExcept)))
      faults.push(`out of reach when seated: ${name}`);
  }
  for (const [name, box, node] of boxes) {
    const room = node.matches(".key") ? 10 : 3;
    for (const part of node.querySelectorAll("svg, span, small")) {
      if (!shown(part) || part.parentElement.closest("svg")) continue;
      const written = document.createRange();
      written.selectNodeContents(part);
      const drawn = (part.matches("svg") ? part : written).getBoundingClientRect();
      if (drawn.left < box.left + room || drawn.right > box.right - room)
        faults.push(`touches its border: ${name}`);
    }
  }
  boxes.forEach(([name, one], place) => boxes.slice(place + 1).forEach(([other, two]) => {
    const across = Math.max(one.left - two.right, two.left - one.right);
    const down = Math.max(one.top - two.bottom, two.top - one.bottom);
    if (Math.max(across, down) < 15.5) faults.push(`too near: ${name} / ${other}`);
  }));
  for (const node of document.querySelectorAll("#stage *")) {
    const speaks = [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
    if (!speaks || !shown(node) || node.closest("svg, .slip, .sr-only")) continue;
    const words = node.innerText.slice(0, 30), box = node.getBoundingClientRect();
    if (parseFloat(getComputedStyle(node).fontSize) < 31.9) faults.push(`small words: ${words}`);
    if (box.bottom > innerHeight + 1 || box.right > innerWidth + 1 || box.left < -1)
      faults.push(`words outside: ${words}`);
    const foot = document.querySelector(".bottom .btn").getBoundingClientRect();
    if (!node.closest(".bottom") && !seated && box.bottom > foot.top + 1)
      faults.push(`words under the bar: ${words}`);
  }
  return faults;
}"""


def faults(kiosk: Kiosk, state: State, seated_except: str = "") -> list[str]:
    """Show this state and measure it."""
    kiosk.session._publish(replace(state, run=state.run, asks=kiosk.session.seen.revision))
    revision = kiosk.session.seen.revision
    kiosk.page.wait_for_selector(f'[data-revision="{revision}"]')
    found = kiosk.page.evaluate(FAULTS, seated_except)
    return [f"{type(state.screen).__name__} {state.over} {state.language}: {fault}" for fault in found]


@pytest.mark.parametrize("seated", [False, True], ids=["standing", "seated"])
def test_residents_screens(kiosk: Kiosk, seated: bool) -> None:
    base = replace(kiosk.session.seen.state, seated=seated)
    states = [
        replace(base, screen=one, visit=DONE if isinstance(one, s.NextDoor) else VISIT) for one in SCREENS
    ]
    states += [replace(base, over=over) for over in OVERS]
    states += [replace(base, bridge_up=False)]
    states += [replace(one, language="en") for one in states]
    assert [fault for state in states for fault in faults(kiosk, state)] == []


@pytest.mark.parametrize("seated", [False, True], ids=["standing", "seated"])
def test_staff_screens(kiosk: Kiosk, seated: bool) -> None:
    base = replace(kiosk.session.seen.state, seated=seated, staff=STAFF, draft=DRAFT)
    states = [replace(base, screen=one) for one in STAFF_SCREENS]
    states += [replace(one, language="en") for one in states]
    assert [fault for state in states for fault in faults(kiosk, state, ".person")] == []
