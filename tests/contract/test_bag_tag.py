"""Printed tags: always the same for an item, and a misread one is told."""

import string

from hypothesis import assume, given
from hypothesis import strategies as st

from contract import bag_tag

ITEMS = st.text(string.hexdigits, min_size=1, max_size=64)


@given(ITEMS)
def test_a_printed_tag_is_read_back_however_it_is_typed_or_scanned(item: str) -> None:
    tag = bag_tag.printed(item)
    assert tag == bag_tag.printed(item)
    for text in (tag, tag.lower(), tag.replace("-", ""), f" {tag[:3]} {tag[3:]} ", bag_tag.scanned(tag)):
        assert bag_tag.parse(text) == tag
    assert bag_tag.is_ours(bag_tag.scanned(tag))


@given(ITEMS, st.integers(0, 9), st.sampled_from(bag_tag.ALPHABET))
def test_one_wrong_character_is_told(item: str, place: int, other: str) -> None:
    bare = bag_tag.printed(item).replace("-", "")
    assume(bare[place] != other)
    assert bag_tag.parse(bare[:place] + other + bare[place + 1 :]) is None


@given(ITEMS, st.integers(0, 9), st.integers(0, 9))
def test_two_swapped_characters_are_told(item: str, one: int, two: int) -> None:
    letters = list(bag_tag.printed(item).replace("-", ""))
    assume(letters[one] != letters[two])
    letters[one], letters[two] = letters[two], letters[one]
    assert bag_tag.parse("".join(letters)) is None


def test_what_has_another_form_is_no_tag_of_ours() -> None:
    for text in ("", "6A18365204578", "K7Q2M4XD9", "O0ILU-O0ILU", "B1", "C1UUK4YUA4WNZBYXUIYYCHRAJMHI"):
        assert bag_tag.parse(text) is None
