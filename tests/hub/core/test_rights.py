"""Who may do what: the table itself."""

import itertools
from typing import get_args

import pytest

from hub.core.rights import (
    CHANGES,
    EVERYWHERE,
    READS,
    Right,
    Role,
    gives,
    looks_after,
    may,
    needed,
    sees,
)

ROLES: tuple[Role, ...] = get_args(Role)
RIGHTS: tuple[Right, ...] = get_args(Right)

HERE, BOTH = frozenset({"borny"}), frozenset({"borny", "paris"})


def test_every_role_may_what_is_open_to_all_and_look_after_itself() -> None:
    assert all(may(role, right) for role in ROLES for right in ("anybody", "own"))


def test_no_role_comes_in_at_the_partners_door() -> None:
    assert not any(may(role, "their_own") for role in ROLES)


def test_an_administrator_may_all_that_anybody_may() -> None:
    for role, right in itertools.product(ROLES, RIGHTS):
        assert may("admin", right) or not may(role, right), (role, right)


def test_a_client_reads_figures_and_nothing_else() -> None:
    assert {right for right in RIGHTS if may("client", right)} == {"anybody", "own", "counts"}


def test_a_network_head_changes_nothing_a_concierge_answers_for() -> None:
    assert {right for right in RIGHTS if may("network", right)} >= {
        "see",
        "answer",
        "arrange",
        "policy",
        "deeds",
    }
    assert not any(may("network", right) for right in ("work", "team", "accounts", "privacy"))


def test_who_sees_every_site_and_nobody_else_is_called_for_what_belongs_to_none() -> None:
    assert {role for role in ROLES if may(role, "called")} == EVERYWHERE


def test_what_is_said_of_a_person_is_the_administrators_alone() -> None:
    assert [role for role in ROLES if may(role, "privacy")] == ["admin"]


def test_a_page_nobody_put_in_the_table_is_nobodys() -> None:
    assert needed("new.page", "GET") is None
    assert needed("new.page", "POST") is None


def test_reading_and_changing_are_asked_apart() -> None:
    assert needed("people.edit", "GET") == needed("people.edit", "HEAD") == "see"
    assert needed("people.edit", "POST") == needed("people.edit", "DELETE") == "work"
    assert needed("team.show", "POST") is None


def test_no_right_in_the_table_is_one_nobody_has() -> None:
    for right in {*READS.values(), *CHANGES.values()} - {"their_own"}:
        assert any(may(role, right) for role in ROLES), right


def test_who_has_no_list_of_sites_sees_those_to_come_too() -> None:
    assert sees(None, "new")
    assert sees(HERE, "borny")
    assert not sees(HERE, "paris")
    assert not sees(frozenset(), "borny")
    assert {"network", "admin"} == EVERYWHERE


@pytest.mark.parametrize(
    ("other", "sites", "theirs"),
    [
        ("concierge", HERE, True),
        ("client", BOTH, True),
        ("concierge", BOTH | {"metz"}, False),
        ("lead", HERE, False),
        ("admin", None, False),
        ("network", None, False),
    ],
)
def test_a_lead_looks_after_those_below_whose_sites_are_all_theirs(
    other: Role, sites: frozenset[str] | None, theirs: bool
) -> None:
    assert looks_after("lead", BOTH, other, sites) is theirs
    assert looks_after("admin", None, other, sites)
    assert not looks_after("concierge", BOTH, other, sites)


def test_nobody_gives_a_role_that_may_more_than_they_may() -> None:
    for role in ROLES:
        for given in gives(role):
            assert all(may(role, right) for right in RIGHTS if may(given, right)), (role, given)
