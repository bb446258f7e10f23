"""Every screen at both sizes, standing and seated: what is touched is large enough, apart, and in reach.

And nothing that is said lies under it.
"""

from dataclasses import replace

import pytest
from msgspec.structs import replace as replace_struct

from contract.messages import Closure
from kiosk.core.screens import FindPerson
from kiosk.core.state import State
from kiosk.session import Seen
from kiosk.web.render import Renderer
from tests.browser.conftest import LANGUAGES, Kiosk
from tests.fakes.kiosk import PEOPLE
from tests.fakes.screens import DRAFT, STAFF, residents_states, staff_states

pytestmark = pytest.mark.browser

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
  for (const [name, , node] of boxes) {
    const cap = node.querySelector(".cap"), words = node.querySelector("span");
    if (!cap || !words || !shown(cap) || !shown(words)) continue;
    const key = cap.getBoundingClientRect(), written = document.createRange();
    const texts = document.createTreeWalker(words, NodeFilter.SHOW_TEXT), lines = [];
    while (texts.nextNode()) {
      written.selectNodeContents(texts.currentNode);
      lines.push(...written.getClientRects());
    }
    const covers = (line) => line.width > 0
      && Math.min(line.right, key.right) - Math.max(line.left, key.left) > 1
      && Math.min(line.bottom, key.bottom) - Math.max(line.top, key.top) > 6;
    if (lines.some(covers)) faults.push(`its key over its words: ${name}`);
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
    const edge = node.closest("button")?.getBoundingClientRect();
    if (edge && (box.left < edge.left - 1 || box.right > edge.right + 1
        || box.top < edge.top - 1 || box.bottom > edge.bottom + 1))
      faults.push(`words outside their button: ${words}`);
    const foot = document.querySelector(".bottom .btn").getBoundingClientRect();
    if (!node.closest(".bottom") && !seated && box.bottom > foot.top + 1)
      faults.push(`words under the bar: ${words}`);
  }
  const seen = (node) => node.checkVisibility({ visibilityProperty: true }) && shown(node);
  for (const said of document.querySelectorAll("#stage .say > :not(.sr-only)")) {
    if (!seen(said)) continue;
    const one = said.getBoundingClientRect();
    const covers = (two) => Math.min(one.right, two.right) - Math.max(one.left, two.left) > 1
      && Math.min(one.bottom, two.bottom) - Math.max(one.top, two.top) > 1;
    const over = boxes.filter(([, box, node]) => !said.contains(node) && seen(node) && covers(box));
    if (over.length) faults.push(`under ${over[0][0]}: ${said.className || said.tagName}`);
  }
  return faults;
}"""
"""What is wrong with the screen that is shown; among it what is said or typed below something to touch."""


MEASURE = """async ([screens, seatedExcept]) => {
  const faultsOf = %s, stage = document.getElementById("stage");
  await Promise.all([...document.fonts].map((font) => font.load()));
  return screens.map(([name, drawn]) => {
    stage.innerHTML = drawn;
    document.dispatchEvent(new Event("htmx:after:swap"));
    return faultsOf(seatedExcept).map((fault) => `${name}: ${fault}`);
  }).flat();
}"""


COVERED = """() => {
  const box = (one) => document.querySelector(one).getBoundingClientRect();
  const [typed, found] = [".query", ".person"].map(box);
  return found.top < typed.bottom ? ["covers what is typed"] : [];
}"""
"""Whether who is found covers what is typed."""


def faults(kiosk: Kiosk, states: list[State], seated_except: str = "", faults_of: str = FAULTS) -> list[str]:
    """Put each of these states into the page, as what the server sends is put there, and measure it at once:
    the page draws its own screen again soon.
    """
    renderer = Renderer(kiosk.served.application, kiosk.session, LANGUAGES)  # type: ignore[arg-type]
    drawn = [(_name(state), renderer.screen(Seen(2, state))) for state in states]
    found: list[str] = kiosk.page.evaluate(MEASURE % faults_of, [drawn, seated_except])
    return found


def _name(state: State) -> str:
    return f"{type(state.screen).__name__} {state.over} {state.language}"


def in_every_language(kiosk: Kiosk, seated: bool) -> list[State]:
    """The start screen, where a person may begin."""
    return [replace(kiosk.session.seen.state, seated=seated, language=one) for one in LANGUAGES]


@pytest.mark.parametrize("seated", [False, True], ids=["standing", "seated"])
def test_residents_screens(kiosk: Kiosk, seated: bool) -> None:
    states = [one for base in in_every_language(kiosk, seated) for one in residents_states(base)]
    assert faults(kiosk, states) == []


@pytest.mark.parametrize("seated", [False, True], ids=["standing", "seated"])
@pytest.mark.parametrize("bridge_up", [True, False], ids=["lockers", "no-lockers"])
def test_the_start_screen_of_a_closed_place(kiosk: Kiosk, seated: bool, bridge_up: bool) -> None:
    now = kiosk.clock.wall_ms()
    text = "Réouverture le lundi. Pour une urgence, appelez la gardienne au 03 87 00 00 00. " * 4
    closure = Closure(from_ms=now - 86_400_000, until_ms=now + 30 * 86_400_000, why="holiday", text=text)
    kiosk.session.knows._documents.kept["closure/c"] = closure  # type: ignore[attr-defined]
    states = [replace(one, bridge_up=bridge_up) for one in in_every_language(kiosk, seated)]
    assert faults(kiosk, states) == []


@pytest.mark.parametrize("seated", [False, True], ids=["standing", "seated"])
def test_staff_screens(kiosk: Kiosk, seated: bool) -> None:
    states = [one for base in in_every_language(kiosk, seated) for one in staff_states(base)]
    assert faults(kiosk, states, ".person") == []


SEATED = """() => {
  const people = [...document.querySelectorAll(".person")].filter((one) => one.checkVisibility());
  const tops = new Set(people.map((one) => Math.round(one.getBoundingClientRect().top)));
  return innerWidth > innerHeight && (people.length !== 4 || tops.size !== 2) ? ["not two by two"] : [];
}"""
"""Whether a seated person, the glass lying, is shown four people in the two rows that are nearest."""


def test_who_is_found_is_as_near_as_it_can_be_when_seated(kiosk: Kiosk) -> None:
    bases = in_every_language(kiosk, seated=True)
    states = [replace(base, screen=FindPerson("2", PEOPLE), staff=STAFF, draft=DRAFT) for base in bases]
    assert faults(kiosk, states, faults_of=SEATED) == []


CAPS = """() => {
  const found = document.querySelector(".person"), cap = found.querySelector(".cap");
  const flat = document.createRange();
  flat.selectNodeContents(found.querySelector("small"));
  const key = cap.getBoundingClientRect(), unknown = document.querySelector(".key-unknown");
  const close = [...flat.getClientRects()].some((line) => line.bottom > key.top + 6
    && Math.max(key.left - line.right, line.left - key.right) < 6);
  const foot = unknown.getBoundingClientRect().bottom;
  const low = foot - unknown.querySelector(".cap").getBoundingClientRect().bottom < 6;
  return [...(close ? ["beside the flat"] : []), ...(low ? ["on its border"] : [])];
}"""
"""Whether a key that is drawn touches what stands beside it."""


def test_the_keys_drawn_where_a_person_is_found_touch_nothing(kiosk: Kiosk) -> None:
    long = replace_struct(PEOPLE[0], name="Ana-Maria Ionescu", flat="Bât. C · 201")
    bases = in_every_language(kiosk, seated=False)
    states = [replace(base, screen=FindPerson("2", (long,)), staff=STAFF, draft=DRAFT) for base in bases]
    assert faults(kiosk, states, faults_of=CAPS) == []


def test_who_is_found_does_not_cover_what_is_typed_below_a_note(kiosk: Kiosk) -> None:
    asked = FindPerson("", PEOPLE[:1], "aside")
    bases = in_every_language(kiosk, seated=False)
    states = [replace(base, screen=asked, staff=STAFF, draft=DRAFT) for base in bases]
    assert faults(kiosk, states, ".person") == []
    assert faults(kiosk, states, faults_of=COVERED) == []
