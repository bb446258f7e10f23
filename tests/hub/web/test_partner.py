"""The partners' page without a browser: who comes in, what they are told, what they send."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from contract import bag_tag
from contract import messages as m
from contract.codec import decode_fact
from hub.core.waits import FIRST_WAIT_MS, FREE_TRIES
from hub.store import partner_access
from hub.store.database import reading, writing
from hub.store.own_facts import OwnFact, append
from hub.store.tables import bags, ledger, partner_accesses, remarks, service_orders
from tests.fakes.partner_scene import NET, OTHERS, ROUND, PartnerScene
from tests.hub.web.conftest import sign_in

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[PartnerScene]:
    scene = PartnerScene(tmp_path)
    scene.accounts()
    yield scene
    scene.close()


@pytest.fixture
def laundry(desk: PartnerScene) -> FlaskClient:
    client = desk.app.test_client()
    assert enter(client, desk.access, desk.pin_of_laundry) == 302
    return client


def enter(client: FlaskClient, access: str, pin: str) -> int:
    return client.post(f"/partenaire/{access}", data={"pin": pin}).status_code


def work(client: FlaskClient) -> Any:
    return client.get("/partenaire/travail").get_json()


_serial = iter(range(1, 10_000))


def deed(do: str, **more: Any) -> dict[str, Any]:
    return {"id": f"{next(_serial):032x}", "do": do, "age_ms": 0, "sure": True, **more}


def send(client: FlaskClient, *deeds: dict[str, Any]) -> Any:
    answer = client.post("/partenaire/envoi", json={"deeds": list(deeds)})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_json()


def own_facts(scene: PartnerScene) -> list[tuple[Any, Any]]:
    """What the hub wrote into its own journal: rows and facts."""
    with reading(scene.hub.engine) as connection:
        rows = connection.execute(select(ledger).where(ledger.c.device == "hub.pages").order_by(ledger.c.seq))
        return [(row, decode_fact(bytes(row.body))) for row in rows]


# --- who comes in ------------------------------------------------------------------------------


def test_without_a_session_there_is_nothing(desk: PartnerScene) -> None:
    stranger = desk.app.test_client()
    assert stranger.get("/partenaire/").status_code == 401
    assert stranger.get("/partenaire/travail").status_code == 401
    assert stranger.post("/partenaire/envoi", json={"deeds": []}).status_code == 401


def test_a_partner_s_session_opens_no_other_page(laundry: FlaskClient) -> None:
    for path in ("/", "/sites/borny/colis", "/sites/borny/pages-des-partenaires"):
        assert laundry.get(path).status_code == 302


def test_a_concierge_s_session_is_no_partner_s(desk: PartnerScene) -> None:
    concierge = sign_in(desk.app.test_client(), "Bilal")
    assert concierge.get("/partenaire/travail").status_code == 401


def test_wrong_pins_make_the_address_wait_longer_each_time_whoever_sends_them(desk: PartnerScene) -> None:
    for _ in range(FREE_TRIES):
        assert enter(desk.app.test_client(), desk.access, "000000x") == 401
    assert enter(desk.app.test_client(), desk.access, desk.pin_of_laundry) == 429, "not even the right one"
    desk.clock.advance(FIRST_WAIT_MS)
    assert enter(desk.app.test_client(), desk.access, "000000x") == 401
    desk.clock.advance(FIRST_WAIT_MS)
    assert enter(desk.app.test_client(), desk.access, desk.pin_of_laundry) == 429, "twice as long"
    desk.clock.advance(FIRST_WAIT_MS)
    assert enter(desk.app.test_client(), desk.access, desk.pin_of_laundry) == 302
    assert enter(desk.app.test_client(), desk.access, "000000x") == 401, "the right one begins anew"


def test_a_pin_is_looked_at_while_others_may_write(
    desk: PartnerScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it finds counts only where nothing changed meanwhile: no lock, and no new PIN."""

    class Slow:
        def __init__(self, **meanwhile: Any) -> None:
            self.meanwhile = meanwhile

        def verify(self, _hash: str, _pin: str) -> None:
            with writing(desk.hub.engine) as connection:
                connection.execute(update(partner_accesses).values(**self.meanwhile))

        def hash(self, pin: str) -> str:
            with writing(desk.hub.engine) as connection:
                connection.execute(update(partner_accesses).values(wrong=0))
            return pin

    locked = {"locked_until_ms": desk.clock.wall_ms() + 1_000}
    answers = []
    for meanwhile in (locked, {"locked_until_ms": None, "pin_hash": "new"}, {"wrong": 3}):
        monkeypatch.setattr(partner_access, "_hasher", Slow(**meanwhile))
        answers.append(enter(desk.app.test_client(), desk.access, desk.pin_of_laundry))
        desk.clock.advance(2_000)
    assert answers == [429, 401, 302]
    admin = sign_in(desk.app.test_client(), "Samia")
    where = "/sites/borny/pages-des-partenaires"
    assert admin.post(where, data={"partner": desk.cobbler, "name": "Échoppe"}).status_code == 200
    assert admin.post(f"{where}/{desk.access}/code").status_code == 200


def test_from_one_origin_not_even_many_addresses_are_tried(desk: PartnerScene) -> None:
    client = desk.app.test_client()
    tried = [enter(client, f"{n:032x}", "none") for n in range(21)]
    assert tried == [401] * 20 + [429]


def test_an_address_nobody_has_asks_for_a_pin_and_names_nobody(desk: PartnerScene) -> None:
    page = desk.app.test_client().get("/partenaire/" + "0" * 32)
    assert page.status_code == 200
    assert "Bellecroix" not in page.get_data(as_text=True)


def test_the_pin_is_kept_as_argon2(desk: PartnerScene) -> None:
    with reading(desk.hub.engine) as connection:
        kept = connection.execute(select(partner_accesses.c.pin_hash)).scalar_one()
    assert kept.startswith("$argon2id$")


def test_an_administrator_gives_renews_and_takes_back(desk: PartnerScene, laundry: FlaskClient) -> None:
    admin = sign_in(desk.app.test_client(), "Samia")
    page = admin.post("/sites/borny/pages-des-partenaires", data={"partner": desk.cobbler, "name": "Échoppe"})
    assert page.status_code == 200
    assert "/partenaire/" in page.get_data(as_text=True)
    where = f"/sites/borny/pages-des-partenaires/{desk.access}"
    assert admin.post(f"{where}/code").status_code == 200
    assert laundry.get("/partenaire/travail").status_code == 401, "out with the old PIN"
    assert enter(laundry, desk.access, desk.pin_of_laundry) == 401
    assert admin.post(f"{where}/retirer").status_code == 302
    assert admin.post(f"{where}/code").status_code == 404
    assert "Échoppe" in admin.get("/sites/borny/pages-des-partenaires").get_data(as_text=True)


def test_a_concierge_gives_nothing(desk: PartnerScene) -> None:
    concierge = sign_in(desk.app.test_client(), "Bilal")
    where = "/sites/borny/pages-des-partenaires"
    assert concierge.get(where).status_code == 200
    for path, data in ((where, {"partner": desk.laundry, "name": "x"}), (f"{where}/{desk.access}/code", {})):
        assert concierge.post(path, data=data).status_code == 403


# --- what they are told ------------------------------------------------------------------------


def test_a_partner_is_told_of_its_own_work_and_of_nobody(desk: PartnerScene, laundry: FlaskClient) -> None:
    told = work(laundry)
    (round_,) = told["expected"]
    assert (round_["manifest"], round_["site_name"], sorted(round_["tags"])) == (
        ROUND,
        "Résidence borny",
        sorted(desk.tags),
    )
    assert {order["tag"] for order in told["orders"]} == set(desk.tags)
    assert told["bags"] == []
    whole = laundry.get("/partenaire/travail").get_data(as_text=True)
    assert OTHERS not in whole
    assert "person-of" not in whole


def test_the_shell_names_the_partner_and_keeps_nothing_else(laundry: FlaskClient, desk: PartnerScene) -> None:
    page = laundry.get("/partenaire/")
    assert page.headers["X-Partner-Page"] == "shell"
    assert not any(tag in page.get_data(as_text=True) for tag in desk.tags)


def test_the_worker_keeps_every_file_the_page_needs(laundry: FlaskClient) -> None:
    code = laundry.get("/partenaire/hors-ligne.js")
    assert code.mimetype == "text/javascript"
    text = code.get_data(as_text=True)
    assets = text.partition("ASSETS = [")[2].partition("]")[0].replace('"', "").split(", ")
    assert len(assets) > 8
    assert 'new Request(asset, { cache: "reload" })' in text, "never what the browser kept of another version"
    for asset in assets:
        answer = laundry.get(asset)
        assert answer.status_code == 200, asset
        answer.close()


# --- what they send ----------------------------------------------------------------------------


def test_bags_are_received_in_any_order_and_the_round_is_counted(
    desk: PartnerScene, laundry: FlaskClient
) -> None:
    first, second, third = desk.tags
    taken = [deed("scan", side="take", tag=tag, manifest=ROUND) for tag in (third, first)]
    assert send(laundry, *taken)["refused"] == []
    (round_,) = work(laundry)["expected"]
    assert round_["taken"] == sorted([first, third])
    send(laundry, deed("close", manifest=ROUND, direction="out", tags=[third, first], missing=[second]))
    told = work(laundry)
    assert told["expected"] == []
    assert {bag["tag"] for bag in told["bags"]} == {first, third}
    closed = own_facts(desk)[-1][1]
    assert isinstance(closed, m.ManifestClosed)
    assert (closed.by.kind, closed.missing, closed.partner) == ("partner", (second,), desk.laundry)


def test_what_was_taken_before_anybody_told_of_the_slip_is_not_awaited_any_more(
    desk: PartnerScene, laundry: FlaskClient
) -> None:
    send(laundry, deed("scan", side="take", tag=desk.tags[0]))
    told = work(laundry)
    assert [one["taken"] for one in told["expected"]] == [[desk.tags[0]]]
    assert desk.tags[0] in {bag["tag"] for bag in told["bags"]}, "it is here"


def test_sent_twice_it_counts_once(desk: PartnerScene, laundry: FlaskClient) -> None:
    one = deed("scan", side="take", tag=desk.tags[0], manifest=ROUND)
    assert send(laundry, one, one)["done"] == [one["id"]] * 2
    assert send(laundry, one)["done"] == [one["id"]]
    assert len(own_facts(desk)) == 1


def test_how_long_ago_counts_and_never_the_telephone_s_clock(
    desk: PartnerScene, laundry: FlaskClient
) -> None:
    now_ms = desk.clock.wall_ms()
    sure = deed("scan", side="take", tag=desk.tags[0], age_ms=3_600_000)
    unsure = deed("scan", side="take", tag=desk.tags[1], age_ms=60_000, sure=False)
    ancient = deed("scan", side="take", tag=desk.tags[2], age_ms=400 * 86_400_000)
    send(laundry, sure, unsure, ancient)
    rows = {fact.tag: row for row, fact in own_facts(desk)}
    assert (now_ms - rows[desk.tags[0]].at_ms, rows[desk.tags[0]].estimated) == (3_600_000, False)
    assert (now_ms - rows[desk.tags[1]].at_ms, rows[desk.tags[1]].estimated) == (60_000, True)
    assert rows[desk.tags[2]].estimated


def test_a_scanner_s_form_of_a_tag_is_the_tag_and_an_unknown_bag_is_taken(
    desk: PartnerScene, laundry: FlaskClient
) -> None:
    printed = desk.tags[0]
    raw = "]C0B1" + printed.replace("-", "")
    send(laundry, deed("scan", side="take", tag=raw, manifest=ROUND), deed("scan", side="take", tag=NET))
    facts = [fact for _, fact in own_facts(desk)]
    assert [(fact.tag, fact.item) for fact in facts] == [(printed, "bag-0"), (NET, None)]
    with reading(desk.hub.engine) as connection:
        unknown = connection.execute(select(bags).where(bags.c.tag == NET)).one()
    assert unknown.item is None
    assert NET in {bag["tag"] for bag in work(laundry)["bags"]}


def test_another_partner_s_bag_is_taken_and_nothing_is_told_of_it(
    desk: PartnerScene, laundry: FlaskClient
) -> None:
    send(laundry, deed("scan", side="take", tag=OTHERS))
    fact = own_facts(desk)[0][1]
    assert fact.item is None
    assert "order-shoes" not in laundry.get("/partenaire/travail").get_data(as_text=True)
    for order in (deed("quote", order="order-shoes", cents=100), deed("done", order="order-shoes")):
        answer = send(laundry, order)
        assert (answer["done"], answer["refused"]) == ([], [order["id"]])
    assert len(own_facts(desk)) == 1


def test_a_machine_s_load_says_which_bags_were_together(desk: PartnerScene, laundry: FlaskClient) -> None:
    send(laundry, deed("load", machine="M3", tags=[*desk.tags, desk.tags[0]]))
    row, fact = own_facts(desk)[0]
    assert fact == m.LoadMade(
        load=row.event, machine="M3", tags=desk.tags, holder=m.Holder(kind="partner", id=desk.laundry)
    )


def test_of_several_sites_each_is_told_of_its_own_bags(desk: PartnerScene, laundry: FlaskClient) -> None:
    far = bag_tag.printed("far")
    by = m.Holder(kind="partner", id=desk.laundry)
    facts: tuple[m.OrderFact, ...] = (
        m.BagTagged(tag=far, item="far", how="printed"),
        m.BagScanned(tag=far, side="take", holder=by),
    )
    with writing(desk.hub.engine) as connection:
        now_ms = desk.clock.wall_ms()
        own = [OwnFact(f"far-{n}", "metz", now_ms, False, fact) for n, fact in enumerate(facts)]
        append(connection, own, now_ms)
    loaded = deed("load", machine="M3", tags=[desk.tags[0], far])
    assert send(laundry, loaded)["done"] == [loaded["id"]]
    send(laundry, loaded, loaded)
    told = [(row.site, fact.tags) for row, fact in own_facts(desk)[len(facts) :]]
    assert told == [("borny", (desk.tags[0],)), ("metz", (far,))]
    with reading(desk.hub.engine) as connection:
        assert connection.execute(select(bags).where(bags.c.item.is_(None))).all() == []


def test_another_partner_s_round_is_not_closed(desk: PartnerScene, laundry: FlaskClient) -> None:
    """Nor does what somebody of another partner said of ours take it off our list."""
    theirs = "b" * 32
    desk.leaves(theirs, desk.cobbler, (OTHERS,))
    wrong = deed("close", manifest=theirs, direction="out", tags=[], missing=[OTHERS])
    assert send(laundry, wrong)["refused"] == [wrong["id"]]
    send(laundry, deed("close", manifest="c" * 32, direction="out", tags=[], missing=[OTHERS]))
    by = m.Holder(kind="partner", id=desk.cobbler)
    desk.said(m.ManifestClosed(manifest=ROUND, partner=desk.cobbler, direction="out", tags=(), by=by))
    assert [round_["manifest"] for round_ in work(laundry)["expected"]] == [ROUND]
    with reading(desk.hub.engine) as connection:
        shoes = connection.execute(select(bags.c.questions).where(bags.c.id == "shoes")).scalar_one()
    assert "missing" not in shoes


def test_an_order_that_is_over_gets_no_quote(desk: PartnerScene, laundry: FlaskClient) -> None:
    desk.said(m.OrderCancelled(order="order-0", why="person"))
    late = deed("quote", order="order-0", cents=4250)
    assert send(laundry, late)["refused"] == [late["id"]]


def test_a_remark_on_an_order_that_has_no_tag_is_about_its_thing(
    desk: PartnerScene, laundry: FlaskClient
) -> None:
    desk.ordered_basket("order-basket", desk.laundry)
    send(laundry, deed("note", order="order-basket", tag="", what="missing_piece", text="Pas de pain"))
    with reading(desk.hub.engine) as connection:
        rows = {row.id: row for row in connection.execute(select(bags).where(bags.c.state == "ordered"))}
        assert connection.execute(select(remarks.c.order_id)).scalar_one() == "order-basket"
    assert rows["basket"].questions == ""
    page = sign_in(desk.app.test_client(), "Bilal").get("/sites/borny/sacs/basket")
    assert "Pas de pain" in page.get_data(as_text=True)


def test_a_remark_on_a_tag_nobody_knows_alarms_nobody(desk: PartnerScene, laundry: FlaskClient) -> None:
    send(laundry, deed("note", tag=NET, what="stain"))
    send(laundry, deed("scan", tag="NET-0002", side="take"))
    with reading(desk.hub.engine) as connection:
        tagless = select(bags.c.tag, bags.c.asked_ms).where(bags.c.item.is_(None))
        found = {row.tag: row.asked_ms for row in connection.execute(tagless)}
    assert found[NET] is None
    assert found["NET-0002"] is not None


def test_a_note_s_words_and_photo_stay_beside_the_facts(desk: PartnerScene, laundry: FlaskClient) -> None:
    noted = deed(
        "note",
        tag=desk.tags[0],
        what="stain",
        text="Tache d’encre sur le col",
        photo=base64.b64encode(PNG).decode(),
    )
    send(laundry, noted)
    send(laundry, noted)
    row, fact = own_facts(desk)[0]
    assert isinstance(fact, m.BagNoted)
    assert "encre" not in bytes(row.body).decode()
    with reading(desk.hub.engine) as connection:
        kept = connection.execute(select(remarks)).one()
    assert (kept.id, kept.text, kept.photo_type) == (fact.note, "Tache d’encre sur le col", "image/png")
    assert bytes(kept.photo).startswith(b"\x89PNG")
    concierge = sign_in(desk.app.test_client(), "Bilal")
    page = concierge.get("/sites/borny/remarques")
    assert "Tache d’encre sur le col" in page.get_data(as_text=True)
    assert "Tache d’encre sur le col" in concierge.get("/sites/borny/sacs/bag-0").get_data(as_text=True)
    photo = concierge.get(f"/sites/borny/remarques/{kept.id}/photo")
    assert (photo.mimetype, photo.headers["Content-Security-Policy"]) == (
        "image/png",
        "sandbox; default-src 'none'",
    )


def test_what_is_no_photo_is_left_out_and_the_note_is_kept(desk: PartnerScene, laundry: FlaskClient) -> None:
    send(laundry, deed("note", tag=desk.tags[0], what="other", text="troué", photo="bm90IGEgcGhvdG8="))
    with reading(desk.hub.engine) as connection:
        assert connection.execute(select(remarks.c.photo)).scalar_one() is None


def test_a_quote_and_what_is_ready(desk: PartnerScene, laundry: FlaskClient) -> None:
    send(laundry, deed("quote", order="order-0", cents=4250, text="Fermeture à changer"))
    send(laundry, deed("done", order="order-1", ready=2, pieces=4), deed("done", order="order-2"))
    orders = {order["order"]: order for order in work(laundry)["orders"]}
    assert (orders["order-0"]["state"], orders["order-0"]["quote_cents"]) == ("quoted", 4250)
    assert (orders["order-1"]["state"], orders["order-1"]["ready"]) == ("part_ready", 2)
    assert orders["order-2"]["state"] == "ready"
    with reading(desk.hub.engine) as connection:
        assert connection.execute(select(remarks.c.order_id, remarks.c.about)).one() == ("order-0", "quote")
        quoted = select(service_orders.c.quote).where(service_orders.c.id == "order-0")
        assert connection.execute(quoted).scalar_one() == own_facts(desk)[0][0].event
        quote = connection.execute(quoted).scalar_one()
    concierge = sign_in(desk.app.test_client(), "Bilal")
    assert "Fermeture à changer" in concierge.get("/sites/borny/commandes/order-0").get_data(as_text=True)
    send(laundry, deed("scan", side="take", tag=desk.tags[0], manifest=ROUND))
    concierge.post("/sites/borny/commandes/order-0/devis", data={"quote": quote, "answer": "no"})
    told = work(laundry)
    (order,) = (one for one in told["orders"] if one["order"] == "order-0")
    assert (order["state"], order["cents"]) == ("refused", 0)
    assert [one["due"] for one in told["bags"] if one["order"] == "order-0"] == [True], "as it is, and now"


def test_given_back_a_bag_is_no_more_here(desk: PartnerScene, laundry: FlaskClient) -> None:
    tag, back = desk.tags[0], "e" * 32
    send(laundry, deed("scan", side="take", tag=tag, manifest=ROUND, age_ms=5_000))
    send(laundry, deed("scan", side="give", tag=tag, manifest=back, age_ms=2_000))
    send(laundry, deed("close", manifest=back, direction="in", tags=[tag]))
    assert tag not in {bag["tag"] for bag in work(laundry)["bags"]}
    assert own_facts(desk)[-1][1].direction == "in"


UNREADABLE = (
    b"",
    b"{",
    b'{"deeds": [{"do": "open"}]}',
    b'{"deeds": [{"do": "scan", "id": "x", "side": "take", "tag": "a"}]}',
    b'{"deeds": [{"do": "done", "id": "' + b"0" * 32 + b'", "order": "o", "age_ms": -1}]}',
    b'{"deeds": [{"do": "quote", "id": "' + b"0" * 32 + b'", "order": "order-0", "cents": 12.5}]}',
    b'{"deeds": [{"do": "note", "id": "'
    + b"0" * 32
    + b'", "tag": "a", "what": "stain", "text": "'
    + b"x" * 401
    + b'"}]}',
)


def test_what_cannot_be_read_is_refused_whole(desk: PartnerScene, laundry: FlaskClient) -> None:
    for wrong in UNREADABLE:
        answer = laundry.post("/partenaire/envoi", data=wrong, content_type="application/json")
        assert answer.status_code == 422, wrong
    assert own_facts(desk) == []


def test_too_much_at_once_is_refused_before_it_is_read(laundry: FlaskClient) -> None:
    answer = laundry.post("/partenaire/envoi", data=b"[" * 4_000_000, content_type="application/json")
    assert answer.status_code == 413


def test_another_site_s_page_sends_nothing_in_the_partner_s_name(
    desk: PartnerScene, laundry: FlaskClient
) -> None:
    answer = laundry.post(
        "/partenaire/envoi",
        json={"deeds": [deed("done", order="order-0")]},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 403
    assert own_facts(desk) == []


def test_signed_out_the_session_is_over(laundry: FlaskClient) -> None:
    assert laundry.post("/partenaire/sortir").status_code == 204
    assert laundry.get("/partenaire/travail").status_code == 401
