"""Dialogues: a kiosk asks what lies on the scale."""

from typing import Any

from contract import messages
from contract.messages import DropGranted, NotWeighed, Refused, VisitGranted, Weighed
from locker_firmware_bridge.core.happenings import ScaleSaid
from tests.fakes.core_site import OTHER_KIOSK, FakeSite


def dropping(site: FakeSite, **how: Any) -> messages.Weigh:
    """Somebody who drops something would like to know."""
    (granted,) = site.ask(messages.StartDrop(), **how)
    assert isinstance(granted, DropGranted)
    return messages.Weigh(visit=granted.visit)


def test_the_scale_is_asked_once_and_its_answer_goes_to_who_asked_without_a_write() -> None:
    site = FakeSite(scale=True)
    body = dropping(site)
    records = dict(site.records)
    assert site.ask(body, ask="w1") == []
    assert site.ask(body, ask="w1") == [], "put again, it is the same weighing"
    site.happen(ScaleSaid(Weighed(grams=4350)))
    assert [(tell.ask, tell.body) for tell in site.told[-1:]] == [("w1", Weighed(grams=4350))]
    assert site.ask(body, ask="w1") == [Weighed(grams=4350)]
    assert (site.weighings, site.records) == (1, records)


def test_another_kiosk_waits_until_the_scale_is_free() -> None:
    site = FakeSite(scale=True)
    one, other = dropping(site), dropping(site, kiosk=OTHER_KIOSK)
    site.ask(one)
    assert site.ask(other, kiosk=OTHER_KIOSK) == [NotWeighed(why="busy")]
    site.happen(ScaleSaid(NotWeighed(why="moving")))
    assert site.ask(other, kiosk=OTHER_KIOSK) == []
    assert site.weighings == 2


def test_asked_anew_at_the_same_kiosk_the_last_ask_gets_the_answer_of_the_weighing_under_way() -> None:
    site = FakeSite(scale=True)
    site.ask(dropping(site), ask="w1")
    site.ask(dropping(site), ask="w2")
    site.happen(ScaleSaid(NotWeighed(why="empty")))
    assert [tell.ask for tell in site.told if isinstance(tell.body, NotWeighed)] == ["w2"]
    assert site.weighings == 1


def test_a_restart_forgets_who_waited() -> None:
    site = FakeSite(scale=True)
    site.ask(dropping(site))
    site.start()
    site.happen(ScaleSaid(Weighed(grams=1)))
    assert not isinstance(site.told[-1].body, Weighed)
    assert site.ask(dropping(site)) == []


def test_without_a_scale_there_is_no_weight_and_the_drop_goes_on() -> None:
    site = FakeSite()
    assert site.ask(dropping(site)) == [NotWeighed(why="none")]
    assert site.weighings == 0


def test_a_scale_beside_one_kiosk_is_none_at_the_others() -> None:
    site = FakeSite(scale=True, scale_kiosk=OTHER_KIOSK)
    assert site.ask(dropping(site)) == [NotWeighed(why="none")]
    assert site.ask(dropping(site, kiosk=OTHER_KIOSK), kiosk=OTHER_KIOSK) == []
    assert site.weighings == 1


def test_staff_may_weigh_and_who_only_collects_may_not() -> None:
    site = FakeSite(scale=True)
    slip = site.deposit("i1")
    granted = site.present(slip.digits)[0]
    assert isinstance(granted, VisitGranted)
    assert site.ask(messages.Weigh(visit=granted.visit)) == [Refused(why="rights")]
    site.opens_and_shuts()
    assert site.ask(messages.Weigh(visit=site.sign_in())) == []
