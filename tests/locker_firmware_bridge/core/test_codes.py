"""Codes: which are right, and how wrong ones slow down."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from contract import messages, pickup_code
from contract.messages import Refused, VisitGranted
from locker_firmware_bridge.core import codes
from locker_firmware_bridge.core.records import Budget, Pickup
from tests.fakes.core_site import SITE_KEY, FakeSite

PICKUP = Pickup(pickup="pickup-1", person="p1", ticket=10, generation=3)
KEY = codes.of_pickup(PICKUP)
DAY_MS = 86_400_000


def typed(generation: int, pickup: Pickup = PICKUP) -> str:
    return pickup_code.typed_code(SITE_KEY, pickup.ticket, pickup.pickup, generation)


@pytest.mark.parametrize(("generation", "right"), [(1, False), (2, False), (3, True), (4, True), (5, False)])
def test_the_present_generation_and_the_next_are_right_and_no_other(generation: int, right: bool) -> None:
    match = codes.recognise_digits(SITE_KEY, [KEY], typed(generation))
    assert (match == codes.Match(KEY, generation)) if right else (match is None)
    token = pickup_code.token(SITE_KEY, "pickup-1", generation)
    match = codes.recognise_token(SITE_KEY, [KEY], token)
    assert (match == codes.Match(KEY, generation)) if right else (match is None)


@pytest.mark.parametrize(
    "digits", ["", "0", "10", "123456789012", "99123456", "71234567", typed(3)[:-1] + "x"]
)
def test_what_is_no_code_is_simply_wrong(digits: str) -> None:
    assert codes.recognise_digits(SITE_KEY, [KEY], digits) is None


@pytest.mark.parametrize("token", ["", "C1", "C1" + "A" * 26, "é" * 28, "X2" + "A" * 26])
def test_what_is_no_token_is_simply_wrong(token: str) -> None:
    assert codes.recognise_token(SITE_KEY, [KEY], token) is None


def test_another_sites_code_is_wrong_here() -> None:
    foreign = pickup_code.typed_code(bytes(32), 10, "pickup-1", 3)
    assert codes.recognise_digits(SITE_KEY, [KEY], foreign) is None


def test_the_code_of_nobody_is_nobodys_and_a_mandates_number_is_no_ticket() -> None:
    """Whoever knows the site key and no pickup has no code that is right."""
    nobody = pickup_code.proof(SITE_KEY, "0" * 32, 1)
    for digits in (f"10{nobody}", f"0001{nobody}", f"0010{nobody}"):
        assert codes.recognise_digits(SITE_KEY, [], digits) is None
        assert codes.recognise_digits(SITE_KEY, [KEY], digits) is None
    mandate = codes.Key(owner="pickup-1", number=10, generation=3, is_proxy=True)
    assert codes.recognise_digits(SITE_KEY, [mandate], typed(3)) is None
    assert codes.recognise_digits(SITE_KEY, [KEY], f"0010{typed(3)[2:]}") is None
    assert codes.recognise_digits(SITE_KEY, [mandate], f"0010{typed(3)[2:]}") == codes.Match(mandate, 3)


@pytest.mark.parametrize("digits", ["1", "99123456", "10000000", "11000000"])
def test_the_same_work_is_done_whatever_is_wrong(digits: str, monkeypatch: pytest.MonkeyPatch) -> None:
    computed = []
    real = pickup_code.proof

    def counted(site_key: bytes, pickup: str, generation: int) -> str:
        computed.append(generation)
        return real(site_key, pickup, generation)

    monkeypatch.setattr(pickup_code, "proof", counted)
    codes.recognise_digits(SITE_KEY, [KEY], digits)
    assert len(computed) == 2


# --- what holds of any code ----------------------------------------------------------------------

owners = st.text("abcdef0123456789", min_size=8, max_size=32)
some_keys = st.lists(
    st.one_of(
        st.builds(codes.Key, owners, st.sampled_from(pickup_code.tickets()), st.integers(1, 50)),
        st.builds(
            codes.Key, owners, st.sampled_from(pickup_code.PROXY_NUMBERS), st.integers(1, 50), st.just(True)
        ),
    ),
    min_size=1,
    max_size=8,
    unique_by=(lambda key: (key.number, key.is_proxy), lambda key: key.owner),
)


def typed_for(key: codes.Key, generation: int) -> str:
    make = pickup_code.proxy_code if key.is_proxy else pickup_code.typed_code
    return make(SITE_KEY, key.number, key.owner, generation)


@given(some_keys, st.data(), st.integers(-5, 5))
def test_a_code_opens_for_its_own_and_only_in_the_present_generation_and_the_next(
    keys: list[codes.Key], data: st.DataObject, ahead: int
) -> None:
    mine = data.draw(st.sampled_from(keys))
    generation = mine.generation + ahead
    right = codes.Match(mine, generation) if ahead in (0, 1) else None
    good = {pickup_code.proof(SITE_KEY, mine.owner, mine.generation + one) for one in (0, 1)}
    assume(right or pickup_code.proof(SITE_KEY, mine.owner, generation) not in good)
    assert codes.recognise_digits(SITE_KEY, keys, typed_for(mine, generation)) == right
    token = pickup_code.token(SITE_KEY, mine.owner, generation)
    assert codes.recognise_token(SITE_KEY, keys, token) == right
    others = [key for key in keys if key != mine]
    assert codes.recognise_digits(SITE_KEY, others, typed_for(mine, generation)) is None
    assert codes.recognise_token(SITE_KEY, others, token) is None


# --- the budget --------------------------------------------------------------------------------


def waits_of(tries: int, every_ms: int = 0) -> list[int]:
    """Seconds to wait after each of so many wrong tries, each as soon as it is allowed."""
    budget, now_ms, waits = Budget(), 0, []
    for _ in range(tries):
        budget = codes.wrong(budget, now_ms)
        waits.append(codes.wait_seconds(budget, now_ms))
        now_ms = max(now_ms + every_ms, budget.until_ms)
    return waits


def test_thirteen_wrong_tries_cost_nothing_then_the_wait_doubles_to_ten_minutes() -> None:
    assert waits_of(21) == [0] * 13 + [15, 30, 60, 120, 240, 480, 600, 600]


def test_the_budget_comes_back_in_a_day() -> None:
    budget = Budget()
    for _ in range(13):
        budget = codes.wrong(budget, 0)
    assert codes.drained(budget, DAY_MS).level == 0
    assert codes.drained(budget, DAY_MS // 2).level == pytest.approx(6.5)


def test_at_the_budget_guessing_takes_a_hundred_years() -> None:
    a_try = 2 / 10**pickup_code.TYPED_DIGITS  # two generations are right
    assert codes.WRONG_PER_DAY * 365 * 100 * a_try < 1


def test_after_any_number_of_wrong_tries_full_speed_is_back_within_two_days() -> None:
    budget = Budget()
    for _ in range(10_000):
        budget = codes.wrong(budget, 0)
    later = codes.drained(budget, 2 * DAY_MS)
    assert codes.wait_seconds(codes.wrong(later, 2 * DAY_MS), 2 * DAY_MS) == 0


def wear_out(site: FakeSite) -> None:
    for _ in range(14):
        site.present("10000000")


def test_wrong_codes_have_one_answer_whatever_the_reason() -> None:
    site = FakeSite()
    slip = site.deposit("i1")
    for digits in ("1", "99123456", "69000000", slip.digits[:-1] + str((int(slip.digits[-1]) + 5) % 10)):
        assert site.present(digits) == [Refused(why="code")]
        assert site.kinds_of_facts()[-1] == "code_refused"


def test_while_it_waits_the_keypad_looks_at_no_code_and_then_at_the_right_one() -> None:
    site = FakeSite()
    slip = site.deposit("i1")
    wear_out(site)
    assert site.present(slip.digits) == [Refused(why="code", wait_seconds=15)]
    site.wait(15_000)
    assert isinstance(site.present(slip.digits)[0], VisitGranted)


def test_a_restart_or_a_reboot_gives_no_try_back_and_shortens_no_wait() -> None:
    site = FakeSite()
    slip = site.deposit("i1")
    wear_out(site)
    site.wait(10_000)
    site.start()
    assert site.present(slip.digits) == [Refused(why="code", wait_seconds=5)]
    site.reboot()
    assert site.present(slip.digits) == [Refused(why="code", wait_seconds=15)]
    site.wait(15_000)
    assert site.present("10000000") == [Refused(why="code", wait_seconds=30)]


def test_a_qr_is_looked_at_while_the_keypad_waits_and_wrong_ones_cost_nothing() -> None:
    site = FakeSite()
    slip = site.deposit("i1")
    for _ in range(50):
        assert site.ask(messages.Present(token="C1" + "A" * 26)) == [Refused(why="code")]
    assert isinstance(site.present(slip.digits)[0], VisitGranted)
    site.opens_and_shuts()
    wear_out(site)
    assert isinstance(site.ask(messages.Present(token=slip.token))[0], VisitGranted)


def test_a_present_without_a_code_is_malformed() -> None:
    assert FakeSite().ask(messages.Present()) == [Refused(why="malformed")]


def test_a_flood_of_wrong_scans_is_noted_once_a_second_and_never_delays_the_right_one() -> None:
    site = FakeSite()
    slip = site.deposit("i1")
    before = len(site.facts)
    for _ in range(100):
        site.ask(messages.Present(token="C1" + "A" * 26))
        site.ask(messages.SignIn(badge="not ours"))
        site.wait(10)
    assert len(site.facts) - before == 1
    assert isinstance(site.ask(messages.Present(token=slip.token))[0], VisitGranted)
    site.wait(2_000)
    assert site.ask(messages.Present(token="C1" + "B" * 26)) == [Refused(why="code")]
    assert site.facts[-1] == messages.CodeRefused(kiosk="kiosk-1", way="qr", wrong_today=0, wait_seconds=0)
