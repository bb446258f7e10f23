"""The pages of kiosks and lockers: how they are, and what administrators do to them."""

import io
import re
import zipfile
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from contract import enrolment
from contract import messages as m
from contract.broker_password import is_password
from contract.codec import encode
from hub.core.sight import QUIET_MS
from hub.store.database import reading
from hub.store.log_wishes import KEPT_MS
from tests.fakes.hub_scene import Scene
from tests.hub.web.test_live import events, next_news

BRIDGE, KIOSK = "/sites/borny/appareil/borny-bridge", "/sites/borny/appareil/borny-kiosk"
LIST = "/sites/borny/appareils"
ADDRESSES = {"hub_broker": "mqtts://hub.example.org:8883", "site_broker": "127.0.0.1:1883"}
WEAK = m.Health(celsius=83, under_voltage="was", disk_free_pct=8, certificate_ends_ms=2_000_000_000_000)


@pytest.fixture
def lively(scene: Scene) -> Scene:
    scene.bridge.health = WEAK
    scene.connect()
    return scene


def unpacked(answer_data: bytes, directory: Path) -> dict[str, int]:
    """Unpack as `unzip` does, with the modes; the modes by name."""
    modes = {}
    with zipfile.ZipFile(io.BytesIO(answer_data)) as archive:
        for entry in archive.infolist():
            path = directory / entry.filename
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(archive.read(entry))
            modes[entry.filename] = (entry.external_attr >> 16) & 0o777
            path.chmod(modes[entry.filename])
    return modes


def plain(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


# --- how they are -------------------------------------------------------------------------------


def test_each_device_is_told_in_words_with_what_is_the_matter(lively: Scene, concierge: FlaskClient) -> None:
    for address in (LIST, "/appareils"):
        page = plain(concierge.get(address).text)
        assert "Casiers en ligne, dernier échange" in page
        assert "83 °C" in page
        assert "disque presque plein" in page
        assert "alimentation trop faible" in page
        assert page.index("Casiers en ligne") < page.index("Borne en ligne")


def test_one_device_says_how_it_is_and_what_it_cannot_tell_is_not_made_up(
    lively: Scene, concierge: FlaskClient
) -> None:
    page = plain(concierge.get(BRIDGE).text)
    for said in ("Température 83 °C", "Disque 8 % de libre", "jusqu’au 18 mai 2033", "Horloge à l’heure"):
        assert said in page
    page = plain(concierge.get(KIOSK).text)
    assert "Température pas mesurée" in page
    assert "Alimentation pas mesurée" in page


def test_what_the_hub_noticed_about_a_device_stands_on_its_page(
    lively: Scene, concierge: FlaskClient
) -> None:
    lively.hub.ingest.handle("borny-kiosk", "hello", b"{")
    lively.tick(2)
    assert "a envoyé ce qui ne peut pas se lire" in concierge.get(KIOSK).text
    assert "a envoyé ce qui ne peut pas se lire" not in concierge.get(BRIDGE).text


def test_a_device_that_goes_is_seen_on_an_open_page(lively: Scene, admin: FlaskClient) -> None:
    stream = events(admin, f"{KIOSK}/flux")
    assert "Borne en ligne" in next_news(stream)
    lively.clock.advance(1_000)
    lively.kiosk.disconnect(lively.hub)
    assert "Borne hors ligne depuis" in next_news(stream)
    stream.close()


def test_what_there_is_not_is_not_found_and_a_device_is_of_its_site_only(
    lively: Scene, admin: FlaskClient
) -> None:
    lively.hub.site("metz")
    for address in (
        "/sites/ailleurs/appareils",
        "/sites/borny/appareil/x",
        "/sites/metz/appareil/borny-kiosk",
    ):
        assert admin.get(f"/sites/{address}").status_code == 404
    assert admin.post("/sites/metz/appareil/borny-kiosk/dossier", data=ADDRESSES).status_code == 404


def test_a_weak_machine_is_something_to_do_with_a_way_to_its_page(
    lively: Scene, concierge: FlaskClient
) -> None:
    page = concierge.get("/").text
    assert "borny-bridge : le disque est presque plein, il reste 8 %" in plain(page)
    assert f'href="{BRIDGE}"' in page


def test_who_sees_several_sites_reads_on_each_card_of_which_it_is(lively: Scene, admin: FlaskClient) -> None:
    def disk_card() -> str:
        page = admin.get("/").text
        return plain(page[page.index('id="thing-device_disk') :].partition("</article>")[0])

    assert "Résidence borny" not in disk_card()
    lively.hub.site("metz")
    assert "Résidence borny" in disk_card(), "though it does not say since when"


def test_a_certificate_that_ends_is_the_administrators_to_renew_and_says_so_to_others(
    scene: Scene, admin: FlaskClient, concierge: FlaskClient
) -> None:
    scene.bridge.health = m.Health(certificate_ends_ms=scene.clock.wall_ms())
    scene.connect()
    assert "Refaites son dossier depuis sa page" in plain(admin.get("/").text)
    page = plain(concierge.get("/").text)
    assert "son certificat finit aujourd’hui, ou est déjà fini" in page
    assert "Prévenez un administrateur" in page


def test_a_scale_nobody_can_read_is_something_to_do_and_stands_on_the_page_of_the_lockers(
    scene: Scene, concierge: FlaskClient
) -> None:
    scene.bridge.health = m.Health(scale="silent")
    scene.connect()
    assert "borny-bridge : la balance ne dit rien" in plain(concierge.get("/").text)
    assert "Balance ne dit rien" in plain(concierge.get(BRIDGE).text)
    assert "Balance" not in plain(concierge.get(KIOSK).text)


# --- into service -------------------------------------------------------------------------------


def test_lockers_come_first_then_kiosks_and_each_folder_is_a_device_s_directory(
    lively: Scene, admin: FlaskClient, tmp_path: Path
) -> None:
    lively.hub.site("metz")
    made = {}
    for device, kind in (("metz-casiers", "bridge"), ("metz-borne", "kiosk")):
        form = admin.get("/sites/metz/appareils/ajouter").text
        assert f'value="{device}"' in form
        added = admin.post("/sites/metz/appareils/ajouter", data={"device": device, "name": ""})
        assert added.headers["Location"].endswith(f"/sites/metz/appareil/{device}")
        answer = admin.post(f"/sites/metz/appareil/{device}/dossier", data=ADDRESSES)
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Content-Disposition"] == f"attachment; filename={device}.zip"
        modes = unpacked(answer.data, tmp_path)
        assert set(modes.values()) == {0o600}
        made[device] = enrolment.read(tmp_path / device, kind)  # type: ignore[arg-type]
        assert made[device].bridge == "metz-casiers"
        assert made[device].hub_broker == enrolment.BrokerAddress("hub.example.org", 8883, tls=True)
    assert "metz-borne" in (tmp_path / "courtier-du-site" / "site-metz.acl").read_text()
    assert "LISEZ-MOI.txt" in modes
    assert (made["metz-casiers"].site_key, made["metz-borne"].site_key) == (
        lively.hub.keys.site_key("metz"),
        None,
    )


def test_nothing_of_a_folder_stays_on_the_hub_and_an_earlier_one_is_void(
    lively: Scene, admin: FlaskClient, tmp_path: Path
) -> None:
    passwords = []
    for time in ("first", "second"):
        unpacked(admin.post(f"{KIOSK}/dossier", data=ADDRESSES).data, tmp_path / time)
        passwords.append(enrolment.read(tmp_path / time / "borny-kiosk").password or "")
    secrets = [*passwords, (tmp_path / "second" / "borny-kiosk" / "device.key").read_text()[40:90]]
    kept = [path for path in lively.hub.directory.rglob("*") if path.is_file()]
    assert [path.name for path in kept if any(one.encode() in path.read_bytes() for one in secrets)] == []
    [line] = (lively.hub.directory / "brokers" / "site-borny.passwd").read_text().splitlines()
    assert [is_password(line, "borny-kiosk", password) for password in passwords] == [False, True]
    page = plain(admin.get(KIOSK).text)
    assert page.count("Samia a fait son dossier") == 2


def test_what_cannot_be_added_is_said_and_nothing_is_added(lively: Scene, admin: FlaskClient) -> None:
    for device, name in (("Borne!", ""), ("hub", ""), ("borny-kiosk", ""), ("x" * 41, ""), ("b", "x" * 81)):
        answer = admin.post(f"{LIST}/ajouter", data={"device": device, "name": name})
        assert answer.status_code == 422
        assert "data-why" in answer.text
    assert admin.get(LIST).text.count('<a href="/sites/borny/appareil/') == 2


def test_a_broker_that_is_none_makes_no_folder(lively: Scene, admin: FlaskClient) -> None:
    for address in ("", "hub", "http://hub:1", "mqtts://hub:0", "hub:99999", "h ub:1", "x" * 999):
        answer = admin.post(f"{KIOSK}/dossier", data=ADDRESSES | {"hub_broker": address})
        assert answer.status_code == 422
        assert "Écrivez NOM:PORT" in answer.text
    assert not (lively.hub.directory / "brokers").exists()


# --- while in service, and out of it ------------------------------------------------------------


def test_a_name_for_people_is_said_everywhere_and_the_id_stays(lively: Scene, admin: FlaskClient) -> None:
    admin.post(f"{KIOSK}/nom", data={"name": "  Borne du   hall "})
    for address in ("/", LIST, "/sites/borny/casiers", KIOSK):
        assert "Borne du hall en ligne" in admin.get(address).text
    assert admin.post(f"{KIOSK}/nom", data={"name": "x" * 81}).status_code == 422
    lively.kiosk.disconnect(lively.hub)
    lively.clock.advance(QUIET_MS)
    assert "Borne du hall : hors ligne" in plain(admin.get("/").text)
    lively.kiosk.connect(lively.hub)
    admin.post(f"{KIOSK}/nom", data={"name": ""})
    assert "Borne en ligne" in admin.get(LIST).text


def test_out_of_service_is_for_good_needs_a_reason_and_is_in_the_audit(
    lively: Scene, admin: FlaskClient, tmp_path: Path
) -> None:
    unpacked(admin.post(f"{KIOSK}/dossier", data=ADDRESSES).data, tmp_path)
    for typed in ({}, {"reason": "stolen"}, {"reason": "x", "sure": "yes"}):
        assert admin.post(f"{KIOSK}/retirer", data=typed).status_code == 400
    admin.post(f"{KIOSK}/retirer", data={"reason": "stolen", "sure": "yes"})
    lively.tick(2)
    page = plain(admin.get(KIOSK).text)
    assert "Hors service depuis" in page
    assert "Samia l’a retiré du service (Il a été volé)" in page
    assert "Demander les dernières lignes" not in page
    assert "Le courtier du serveur coupe sa connexion en quelques secondes" in page
    assert "Les casiers du site n’ouvrent plus rien pour elle" in page
    assert "Le courtier du site est une autre machine" in page
    assert "Hors service (1)" in plain(admin.get(LIST).text)
    unpacked(admin.post(f"{KIOSK}/courtier").data, tmp_path / "after")
    for path in (tmp_path / "after" / "courtier-du-site").iterdir():
        assert "borny-kiosk" not in path.read_text()
    for deed in ("retirer", "dossier", "journal"):
        data = {"reason": "lost", "sure": "yes"} | ADDRESSES
        assert admin.post(f"{KIOSK}/{deed}", data=data).status_code == 404
    assert lively.hub.ingest.handle("borny-kiosk", "hello", b"{}") == []


def test_only_an_administrator_does_any_of_it(lively: Scene, concierge: FlaskClient) -> None:
    data = {"reason": "lost", "sure": "yes", "name": "x", "device": "x"} | ADDRESSES
    page = concierge.get(KIOSK).text
    for deed in ("dossier", "nom", "retirer", "journal", "courtier"):
        assert concierge.post(f"{KIOSK}/{deed}", data=data).status_code == 403
        assert f"{KIOSK}/{deed}" not in page
    assert concierge.get(f"{KIOSK}/journal.txt").status_code == 403
    assert concierge.post(f"{LIST}/ajouter", data=data).status_code == 403


# --- the log ------------------------------------------------------------------------------------


def asked(scene: Scene, admin: FlaskClient) -> m.LogAsked:
    """An administrator asks, and the lockers hear of it."""
    admin.post(f"{BRIDGE}/journal")
    scene.tick(1)
    [wish] = [one for one in scene.bridge.orders if isinstance(one, m.LogAsked)]
    return wish


def test_the_last_lines_of_a_log_are_shown_for_an_hour_to_administrators(
    lively: Scene, admin: FlaskClient, concierge: FlaskClient
) -> None:
    wish = asked(lively, admin)
    assert "Demandé. La réponse arrive" in admin.get(BRIDGE).text
    told = m.LogTold(order=wish.order, lines=("14:02 info <b>first</b>", "14:03 info last"))
    lively.hub.ingest.handle("borny-bridge", "reply", encode(told))
    page = admin.get(BRIDGE).text
    assert "14:02 info &lt;b&gt;first&lt;/b&gt;" in page
    assert "temps universel" in admin.get(BRIDGE).text, "not the hour of the page"
    answer = admin.get(f"{BRIDGE}/journal.txt")
    assert answer.text == "14:02 info <b>first</b>\n14:03 info last\n"
    assert answer.headers["Content-Disposition"] == "attachment; filename=borny-bridge.txt"
    assert "14:03 info last" not in concierge.get(BRIDGE).text
    assert "14:03 info last" not in concierge.get(f"{BRIDGE}/maintenant").text
    lively.clock.advance(KEPT_MS + 1)
    assert "14:03 info last" not in admin.get(BRIDGE).text
    assert admin.get(f"{BRIDGE}/journal.txt").status_code == 404


def test_a_device_that_is_offline_is_not_asked_and_the_page_says_so(
    lively: Scene, admin: FlaskClient
) -> None:
    lively.kiosk.disconnect(lively.hub)
    admin.post(f"{KIOSK}/journal")
    lively.tick(1)
    page = admin.get(KIOSK).text
    assert "Pas demandé" in page
    assert admin.get(f"{KIOSK}/journal.txt").status_code == 404
    with reading(lively.hub.engine) as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM log_wishes").scalar() == 1
