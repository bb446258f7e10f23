"""An alarm nobody takes reaches whoever is on duty: from the door's fact to a gateway, and not too often."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from contract import messages as m
from deploy.catalogues import compile_stale
from hub.core.duty import AGAIN_MS, WAIT_MS
from hub.core.opening import Opening
from hub.core.presence import Line
from hub.core.rights import EVERYWHERE, Role
from hub.duty import Duty
from hub.notify.gateways import AppriseGateways
from hub.store.account_care import change_account, close_account
from hub.store.accounts import create_account
from hub.store.database import reading, writing
from hub.store.devices import incident
from hub.store.duty import call_by, last_called
from hub.store.marks import marks_of, put_off, release, take
from hub.store.presence import add_helper, add_lines, remove_helper
from hub.store.standing import things_now
from hub.store.tables import accounts, attention_marks, duty_calls
from tests.fakes.gateway import HttpGateway, MailServer
from tests.fakes.house import HOUR, PARIS, at
from tests.fakes.hub_scene import SITE, Scene

MINUTE = 60_000


class Desk:
    """A hub at noon with somebody on duty until two, and its calls."""

    def __init__(self, scene: Scene, sms: str = "", email: str = "") -> None:
        compile_stale()
        self.scene, self.clock = scene, scene.clock
        self.clock.set_wall(at("2026-11-23 12:00"), "synced")
        gateways = AppriseGateways(sms, email, "hub@example.org")
        self.duty = Duty(scene.hub.engine, self.clock, gateways, PARIS, "https://hub.example.org/")
        self.samia = self.helper("Samia", phone="06 12 34 56 78", monday=(720, 840))
        scene.connect()

    def helper(self, name: str, monday: tuple[int, int] | None = None, **card: Any) -> str:
        now_ms = self.clock.wall_ms()
        with writing(self.scene.hub.engine) as connection:
            new = add_helper(connection, SITE, now_ms, name=name, **card)
            assert new is not None
            if monday:
                add_lines(connection, new, [Line(Opening(1, *monday))], now_ms)
        return new

    def passes(self, ms: int, step_ms: int = MINUTE) -> None:
        """Time passes, and the calls look every minute."""
        end = self.clock.wall_ms() + ms
        while self.clock.wall_ms() < end:
            self.clock.advance(min(step_ms, end - self.clock.wall_ms()))
            self.duty.turn()

    def jam(self) -> None:
        self.scene.deposit("i1", 0, 3)
        self.scene.jam("i1", 0, 3)
        self.duty.turn()

    def mark(self, deed: Any, *more: Any) -> None:
        now_ms = self.clock.wall_ms()
        with writing(self.scene.hub.engine) as connection:
            [jam] = [one for one in things_now(connection, now_ms) if one.kind == "blocked"]
            deed(connection, jam, *more, now_ms)

    def rows(self, table: Any) -> list[Any]:
        with reading(self.scene.hub.engine) as connection:
            return list(connection.execute(select(table)))


@pytest.fixture
def desk(scene: Scene, gateway: HttpGateway) -> Desk:
    return Desk(scene, gateway.address)


def test_a_jam_nobody_takes_is_told_to_who_is_there_after_two_minutes_and_once(
    desk: Desk, gateway: HttpGateway
) -> None:
    desk.jam()
    desk.passes(WAIT_MS - MINUTE)
    assert gateway.got == []
    desk.passes(AGAIN_MS, 3 * MINUTE)
    [got] = gateway.got
    assert got["to"] == "+33612345678"
    assert "la porte 3 est bloquée" in got["message"]
    assert "Personne ne s'en occupe" in got["message"]
    assert got["message"].endswith("https://hub.example.org/")
    assert "Yasmina" not in got["message"]
    [call] = desk.rows(duty_calls)
    assert (call.state, call.channel, call.helper, call.kind) == ("sent", "sms", desk.samia, "blocked")
    desk.passes(3 * MINUTE)
    assert len(gateway.got) == 2, "it still stands, and nobody took it"


@pytest.mark.parametrize(
    ("health", "told"),
    [
        (m.Health(under_voltage="now"), "l'alimentation électrique d'un appareil est trop faible"),
        (m.Health(disk_free_pct=1), "le disque d'un appareil est presque plein"),
    ],
)
def test_a_machine_in_danger_is_named_in_the_call(
    desk: Desk, gateway: HttpGateway, health: m.Health, told: str
) -> None:
    desk.scene.bridge.health = health
    desk.scene.connect()
    desk.duty.turn()
    desk.passes(WAIT_MS)
    [got] = gateway.got
    assert told in got["message"]


def test_what_somebody_took_or_put_off_calls_nobody_and_given_back_it_does(
    desk: Desk, gateway: HttpGateway
) -> None:
    desk.jam()
    desk.mark(take, "account-1")
    desk.passes(HOUR // 2, 5 * MINUTE)
    assert gateway.got == []
    desk.mark(lambda connection, thing, now_ms: release(connection, thing, now_ms))
    desk.passes(WAIT_MS)
    assert len(gateway.got) == 1
    desk.mark(put_off, "account-1", desk.clock.wall_ms() + HOUR, "called")
    desk.passes(HOUR - MINUTE, 5 * MINUTE)
    assert len(gateway.got) == 1


def test_where_nobody_is_whoever_leads_is_told_by_mail_and_nobody_at_night(
    scene: Scene, mails: MailServer
) -> None:
    desk = Desk(scene, email=mails.address)
    desk.helper("Nadia", email="nadia@example.org", lead=True)
    desk.clock.set_wall(at("2026-11-23 19:00"), "synced")
    desk.jam()
    desk.passes(WAIT_MS)
    [got] = mails.got
    assert got.rcpt_tos == ["nadia@example.org"]
    desk.passes(12 * HOUR, HOUR)
    assert len(mails.got) < 6, "from nine in the evening to eight in the morning it is quiet"
    assert desk.clock.wall_ms() < at("2026-11-24 08:00")


def opened_from_afar(desk: Desk) -> None:
    desk.scene.told(
        m.DoorIntent(
            operation="again",
            compartment=3,
            allocation=1,
            attempt=1,
            purpose="remote",
            authority="order",
            actor="account-1",
        ),
        m.DoorPulsed(operation="again", compartment=3, attempt=1),
        m.DoorOpened(operation="again", compartment=3),
    )
    desk.duty.turn()


def who_was_called(desk: Desk) -> list[str]:
    """For the jam, as the first page says it."""
    with reading(desk.scene.hub.engine) as connection:
        keys = [one.key for one in things_now(connection, desk.clock.wall_ms()) if one.kind == "blocked"]
        return [name for name, _ in last_called(connection, keys).values()]


def test_a_call_for_what_is_over_is_not_said_of_what_happens_anew(desk: Desk, gateway: HttpGateway) -> None:
    desk.jam()
    desk.passes(WAIT_MS)
    assert who_was_called(desk) == ["Samia"]
    opened_from_afar(desk)
    desk.scene.jam("i1", 0, 3)
    desk.duty.turn()
    assert who_was_called(desk) == []
    assert len(gateway.got) == 1


def test_a_mark_goes_with_its_thing_and_what_happens_anew_is_nobodys(desk: Desk) -> None:
    desk.jam()
    desk.mark(take, "account-1")
    desk.duty.turn()
    assert [row.taken_by for row in desk.rows(attention_marks)] == ["account-1"]
    opened_from_afar(desk)
    assert desk.rows(attention_marks) == []
    desk.scene.jam("i1", 0, 3)
    desk.duty.turn()
    assert [row.taken_by for row in desk.rows(attention_marks)] == [None]


def test_a_gateway_in_trouble_is_asked_again_and_one_that_refuses_is_not(
    desk: Desk, gateway: HttpGateway
) -> None:
    gateway.status = 503
    desk.jam()
    desk.passes(WAIT_MS + 3 * MINUTE)
    assert [(row.state, row.tries) for row in desk.rows(duty_calls)] == [("waiting", 2)]
    gateway.status = 400
    desk.passes(10 * MINUTE)
    assert [(row.state, row.tries) for row in desk.rows(duty_calls)] == [("failed", 3)]


def test_what_is_over_before_it_could_be_told_is_told_to_nobody(desk: Desk, gateway: HttpGateway) -> None:
    gateway.status = 503
    desk.jam()
    desk.passes(WAIT_MS)
    with writing(desk.scene.hub.engine) as connection:
        remove_helper(connection, SITE, desk.samia)
    gateway.status, told = 200, len(gateway.got)
    desk.passes(10 * MINUTE)
    assert len(gateway.got) == told, "who left the list is told nothing"


def forced(desk: Desk, *doors: int) -> None:
    desk.scene.told(*(m.DoorForced(compartment=door) for door in doors))
    desk.duty.turn()


def test_what_presses_at_one_moment_is_one_message_and_what_comes_later_its_own(
    desk: Desk, gateway: HttpGateway
) -> None:
    forced(desk, 3, 4, 5, 6)
    desk.passes(WAIT_MS)
    [got] = gateway.got
    assert "sans que personne ne l'ait demandé. Et 3 autres alertes. Personne ne" in got["message"]
    assert {(row.state, row.tries) for row in desk.rows(duty_calls)} == {("sent", 1)}
    assert len(desk.rows(duty_calls)) == 4, "each card knows who was called for it"
    forced(desk, 7)
    desk.passes(WAIT_MS)
    assert "la porte 7 s'est ouverte" in gateway.got[1]["message"]
    assert "autre" not in gateway.got[1]["message"]
    desk.passes(AGAIN_MS - WAIT_MS)
    assert len(gateway.got) == 3, "it stands and nobody took it: once more, all in one"


def test_a_whole_cabinet_for_a_whole_team_is_one_message_each(desk: Desk, gateway: HttpGateway) -> None:
    for number in range(1, 4):
        desk.helper(f"Aide {number}", phone=f"+3370000000{number}", monday=(720, 840))
    forced(desk, *range(1, 17))
    desk.passes(WAIT_MS)
    assert sorted(got["to"] for got in gateway.got) == [
        "+33612345678",
        "+33700000001",
        "+33700000002",
        "+33700000003",
    ]
    assert all("Et 15 autres alertes." in got["message"] for got in gateway.got)


def test_what_would_be_due_a_few_seconds_later_goes_along_and_what_somebody_took_does_not(
    desk: Desk, gateway: HttpGateway
) -> None:
    desk.jam()
    desk.mark(take, "account-1")
    forced(desk, 4)
    desk.clock.advance(10_000)
    forced(desk, 5)
    desk.passes(WAIT_MS - 10_000)
    [got] = gateway.got
    assert "Et 1 autre alerte." in got["message"]
    desk.passes(MINUTE)
    assert len(gateway.got) == 1


def test_together_refused_or_in_trouble_each_is_noted(desk: Desk, gateway: HttpGateway) -> None:
    gateway.status = 503
    forced(desk, 3, 4)
    desk.passes(WAIT_MS)
    assert [(row.state, row.tries) for row in desk.rows(duty_calls)] == [("waiting", 1)] * 2
    gateway.status = 200
    desk.passes(10 * MINUTE)
    assert [(row.state, row.tries) for row in desk.rows(duty_calls)] == [("sent", 2)] * 2
    assert len(gateway.got) == 2


# --- what the hub itself noticed ---------------------------------------------------------------


def noticed(desk: Desk, kind: str, device: str = "") -> None:
    with writing(desk.scene.hub.engine) as connection:
        incident(connection, device, kind, desk.clock.wall_ms())
    desk.duty.turn()


def account(desk: Desk, role: Role = "admin", **ways: Any) -> str:
    with writing(desk.scene.hub.engine) as connection:
        sites = () if role in EVERYWHERE else (SITE,)
        made = create_account(connection, f"Une {role}", None, role, 0, sites=sites)
        call_by(connection, made, ways.get("phone"), ways.get("email"), any_hour=ways.get("any_hour", False))
    return made


def test_what_the_hub_noticed_of_a_device_calls_whoever_is_at_its_site(
    desk: Desk, gateway: HttpGateway
) -> None:
    account(desk, phone="+33700000000")
    noticed(desk, "went_back", "borny-kiosk")
    desk.passes(WAIT_MS)
    [got] = gateway.got
    assert got["to"] == "+33612345678"
    assert "Résidence borny : une partie des notes d'un appareil est perdue." in got["message"]


@pytest.mark.parametrize(("any_hour", "told"), [(False, 0), (True, 1)])
def test_what_belongs_to_no_site_calls_who_sees_all_and_wants_it_by_day_or_at_any_hour(
    desk: Desk, gateway: HttpGateway, any_hour: bool, told: int
) -> None:
    for role in ("admin", "network"):
        account(desk, role, phone=f"+3370000000{len(role)}", any_hour=any_hour)
    account(desk, "lead", phone="+33711111111", any_hour=True)
    noticed(desk, "webhook_given_up")
    desk.passes(WAIT_MS)
    assert {got["to"] for got in gateway.got} == {"+33700000005", "+33700000007"}
    assert "Tous les sites : un autre logiciel n'est plus prévenu." in gateway.got[0]["message"]
    gateway.got.clear()
    desk.clock.set_wall(at("2026-11-24 02:00"), "synced")
    desk.passes(MINUTE)
    assert len(gateway.got) == 2 * told


def test_whose_account_is_closed_or_sees_all_no_more_is_called_no_more(
    desk: Desk, gateway: HttpGateway
) -> None:
    gateway.status = 503
    others = [account(desk, "admin", phone="+33700000001"), account(desk, "network", phone="+33700000002")]
    noticed(desk, "webhook_given_up")
    desk.passes(WAIT_MS)
    gateway.status, tried = 200, len(gateway.got)
    with writing(desk.scene.hub.engine) as connection:
        close_account(connection, others[0], 0)
        change_account(connection, others[1], "Une autre", "lead", [SITE], None, 0)
        rows = connection.execute(select(accounts.c.call_phone, accounts.c.call_email)).all()
    assert {value for row in rows for value in row} == {None}
    desk.passes(HOUR, 5 * MINUTE)
    assert len(gateway.got) == tried
    assert {row.state for row in desk.rows(duty_calls)} == {"over"}


def test_what_is_wrong_with_one_way_is_told_by_the_other(
    scene: Scene, gateway: HttpGateway, mails: MailServer
) -> None:
    desk = Desk(scene, gateway.address, mails.address)
    account(desk, phone="+33700000001", email="samia@example.org")
    noticed(desk, "sms_credit")
    desk.passes(WAIT_MS)
    [got] = mails.got
    assert got.rcpt_tos == ["samia@example.org"]
    assert gateway.got == []
    desk.jam()
    desk.passes(WAIT_MS)
    assert [got["to"] for got in gateway.got] == ["+33612345678"], "who has no other way is tried by this one"


def test_marks_are_found_by_the_keys_of_things(desk: Desk) -> None:
    desk.jam()
    desk.mark(take, "account-1")
    with reading(desk.scene.hub.engine) as connection:
        things = things_now(connection, desk.clock.wall_ms())
        [jam] = [one for one in things if one.kind == "blocked"]
        assert marks_of(connection, [jam])[jam.key].taken_by == "account-1"
        assert marks_of(connection, [replace(jam, compartments=(9,))]) == {}
