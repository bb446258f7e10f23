"""PINs and badges: the same at hub and bridge, of no use without the site key."""

import pytest

from contract.credential import badge_hash, pin_hash, same

SITE, OTHER_SITE = bytes(range(32)), bytes(range(1, 33))


def test_hub_and_bridge_compute_the_same_digests_for_good() -> None:
    assert (
        pin_hash(SITE, "4071", "salt") == "cfbdbb76f1dc2ec2a100c84074991e1697387728f5ebed1cbe09b77211ca9c12"
    )
    assert badge_hash(SITE, "04A1B2C3") == "027a65dc95026cf234ea35415c8f70452fe801548b458c274c5754530ca6ebfb"


def test_pin_salt_and_site_key_all_make_another_digest() -> None:
    digests = {
        pin_hash(SITE, "4071", "salt"),
        pin_hash(SITE, "4072", "salt"),
        pin_hash(SITE, "4071", "other"),
        pin_hash(OTHER_SITE, "4071", "salt"),
    }
    assert len(digests) == 4


def test_a_leading_zero_of_a_pin_counts() -> None:
    assert pin_hash(SITE, "0123", "salt") != pin_hash(SITE, "123", "salt")


@pytest.mark.parametrize("read", ["04a1b2c3", " 04A1B2C3", "04A1B2C3\r\n", "04a1B2c3\t"])
def test_a_badge_is_the_same_whatever_letter_case_and_line_end_its_reader_sends(read: str) -> None:
    assert badge_hash(SITE, read) == badge_hash(SITE, "04A1B2C3")


def test_another_badge_and_another_site_make_another_digest() -> None:
    assert len({badge_hash(SITE, "04A1"), badge_hash(SITE, "04A2"), badge_hash(OTHER_SITE, "04A1")}) == 3


def test_digests_are_compared_whole() -> None:
    digest = badge_hash(SITE, "04A1")
    assert same(digest, digest)
    assert not same(digest, digest[:-1])
    assert not same(digest, "")


def test_a_digest_that_is_none_is_refused_and_raises_nothing() -> None:
    assert not same(badge_hash(SITE, "04A1"), "é" * 64)
