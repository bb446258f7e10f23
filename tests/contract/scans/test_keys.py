"""Key codes of a HID scanner; the codes are those of linux/input-event-codes.h."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.scans import keys
from contract.scans.keyboards import KEYBOARDS, Layout, misread
from contract.scans.keys import MOST_ENDED, add, flush, start, take_out, time_out
from contract.scans.message import LONGEST, Dropped, Message
from tests.fakes.wedge import (
    ALT,
    ALT_GR,
    CAPS_LOCK,
    CTRL,
    ENTER,
    KEYPAD_ENTER,
    RIGHT_SHIFT,
    SHIFT,
    TAB,
    Press,
    press,
    typed,
)

LABEL = "6A12345678905"


def heard(layout: Layout, *presses: Press, silent: bool = True) -> tuple[Message | Dropped, ...]:
    state = start(layout)
    for code, value in presses:
        state = add(state, code, value)
    ended, state = take_out(state)
    return ended + (time_out(state)[0] if silent else ())


@pytest.mark.parametrize("layout", ["us", "fr"])
@pytest.mark.parametrize(
    "text", [LABEL, "]C1003403766", "ABCXYZabcxyz-0123456789", "MQWZA mqwza", "(00)+.:/"]
)
def test_what_a_keyboard_types_is_read_with_the_same_keyboard(layout: Layout, text: str) -> None:
    assert heard(layout, *typed(text, layout), *press(ENTER)) == (Message(text),)


@pytest.mark.parametrize("end", [ENTER, KEYPAD_ENTER, TAB])
def test_enter_the_keypads_enter_and_tab_end_a_message_and_alone_are_none(end: int) -> None:
    assert heard("us", *press(end), *typed("AB", "us"), *press(end), *press(end)) == (Message("AB"),)


def test_silence_ends_it_too_and_says_so() -> None:
    assert heard("us", *typed("AB", "us"), silent=False) == ()
    assert heard("us", *typed("AB", "us")) == (Message("AB", ended=False),)


def test_the_manuals_codes_are_the_positions_of_the_keys() -> None:
    pressed = [2, 3, 10, 11, 12, 16, 30, 39, 44, 50, 51]
    presses = [one for code in pressed for one in press(code)]
    assert heard("us", *presses, *press(ENTER)) == (Message("1290-qa;zm,"),)
    assert heard("fr", *presses, *press(ENTER)) == (Dropped("encoding", 11),)  # &é...


@pytest.mark.parametrize("shift", [SHIFT, RIGHT_SHIFT])
def test_either_shift_gives_capitals_and_marks_until_it_is_released(shift: int) -> None:
    presses = (*((shift, 1), *press(30), *press(2), (shift, 0)), *press(30), *press(ENTER))
    assert heard("us", *presses) == (Message("A!a"),)


@pytest.mark.parametrize("layout", ["us", "fr"])
def test_caps_lock_inverts_letters_and_nothing_else(layout: Layout) -> None:
    presses = (*press(CAPS_LOCK), *typed("aB1-", layout), *press(CAPS_LOCK), *typed("aB", layout))
    assert heard(layout, *presses, *press(ENTER)) == (Message("Ab1-aB"),)


def test_the_keypad_types_digits_whatever_num_lock_says() -> None:
    presses = [one for code in (69, 82, 79, 73, 69) for one in press(code)]
    assert heard("us", *presses, *press(KEYPAD_ENTER)) == (Message("019"),)


def test_a_key_that_repeats_is_pressed_once() -> None:
    assert heard("us", (30, 1), (30, 2), (30, 2), (30, 0), *press(ENTER)) == (Message("a"),)


def test_alt_and_the_keypad_are_told_and_never_decoded() -> None:
    sixty_five = ((ALT, 1), *press(82), *press(77), *press(76), (ALT, 0))
    assert heard("us", *sixty_five, *typed("B", "us"), *press(ENTER)) == (Dropped("alt_keypad", 4),)
    assert heard("us", *sixty_five) == (Dropped("alt_keypad", 3),)
    assert heard("us", *sixty_five, *press(ENTER), *typed("AB", "us"), *press(ENTER))[1:] == (Message("AB"),)


def test_ctrl_and_a_bracket_is_the_separator_which_only_gs1_data_may_hold() -> None:
    separator = ((CTRL, 1), *press(27), (CTRL, 0))
    gs1 = (*typed("]C110AB", "us"), *separator, *typed("21X", "us"), *press(ENTER))
    assert heard("us", *gs1) == (Message("]C110AB\x1d21X"),)
    assert heard("us", *typed("10AB", "us"), *separator, *press(ENTER)) == (Dropped("control", 5),)


def test_ctrl_and_m_is_enter() -> None:
    assert heard("us", *typed("AB", "us"), (CTRL, 1), *press(50), (CTRL, 0)) == (Message("AB"),)


@pytest.mark.parametrize("modifier", [ALT, 125])
def test_hotkeys_drop_the_message(modifier: int) -> None:
    assert heard("us", (modifier, 1), *press(62), (modifier, 0), *typed("AB", "us"), *press(ENTER)) == (
        Dropped("control", 3),
    )


@pytest.mark.parametrize("code", [1, 14, 59, 68, 88, 103, 111, 240, 0x2FF])
def test_a_key_that_prints_nothing_drops_the_message(code: int) -> None:
    assert heard("us", *typed("AB", "us"), *press(code), *press(ENTER)) == (Dropped("control", 3),)


def test_the_third_level_is_altgr_on_a_french_keyboard_and_nothing_on_a_us_one() -> None:
    bracket = ((ALT_GR, 1), *press(12), (ALT_GR, 0), *press(ENTER))
    assert heard("fr", *bracket) == (Message("]"),)
    assert heard("us", *bracket) == (Message("-"),)


def test_ten_kilobytes_are_dropped_whole_and_counted() -> None:
    state = start("us")
    for code, value in typed("7" * 10_240, "us"):
        state = add(state, code, value)
        assert len(state.typed) <= LONGEST
    ended, state = take_out(add(state, ENTER, 1))
    assert ended == (Dropped("too_long", 10_240),)


def test_what_nobody_takes_out_is_bounded() -> None:
    state = start("us")
    for _ in range(200):
        for code, value in (*press(30), *press(ENTER)):
            state = add(state, code, value)
    assert len(take_out(state)[0]) == MOST_ENDED


def test_after_lost_events_no_key_is_down_and_nothing_typed() -> None:
    state = add(add(start("fr"), SHIFT, 1), 30, 1)
    assert flush(state) == start("fr")


# --- the French keyboard trap -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        *zip("1234567890", "&é\"'(-è_çà", strict=True),
        *zip("AaQqZzWwMm", "QqAaWwZz?,", strict=True),
        ("-", ")"),
        ("]", "$"),
        (";", "m"),
        (".", ":"),
        ("/", "!"),
        (",", ";"),
        ("6A12345678905", "-Q&é\"'(-è_çà("),
        ("]C1", "$C&"),
    ],
)
def test_a_us_scanner_on_a_french_machine_shows_what_the_table_says(printed: str, shown: str) -> None:
    assert misread(printed, "us", "fr") == shown
    assert misread(shown, "fr", "us") == printed


def test_a_french_scanner_read_as_us_shows_its_digits_as_marks() -> None:
    assert misread("1234567890", "fr", "us") == "!@#$%^&*()"


def test_a_character_without_a_key_is_misread_as_nothing() -> None:
    assert misread("AB€", "us", "fr") is None


@given(
    st.sampled_from(["us", "fr"]), st.lists(st.tuples(st.integers(0, 800), st.integers(0, 2)), max_size=400)
)
def test_any_keys_at_all_raise_nothing_and_let_nothing_strange_through(
    layout: Layout, presses: list[Press]
) -> None:
    for one in heard(layout, *presses):
        assert isinstance(one, Dropped) or one.text.replace("\x1d", "").isprintable()


def test_no_key_of_a_keyboard_prints_a_control_character() -> None:
    assert all("".join(keyboard.values()).isprintable() for keyboard in KEYBOARDS.values())
    assert keys.SILENCE_MS == 100
