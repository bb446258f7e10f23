"""A new place in minutes, and all sites in one line each."""

import io
import re
import tomllib
import zipfile
from collections.abc import Mapping
from pathlib import Path

from cryptography import x509
from flask.testing import FlaskClient
from sqlalchemy import select

from contract import enrolment
from hub.core.opening import Opening
from hub.store.database import reading, writing
from hub.store.opening import days_kept, hours_of
from hub.store.pages import site_row
from hub.store.sites import create_site, site_ids
from hub.store.tables import audit, devices
from locker_firmware_bridge import config
from tests.fakes.hub_scene import SITE, Scene

PLACE = {"name": "Résidence des Tilleuls", "kind": "care", "languages": ["fr", "ar"], "home": "ar"}
NEW = "residence-tilleuls"
BROKER = {"hub_broker": "mqtt://127.0.0.1:1883"}
HOURS = {
    "days": ["1", "2"],
    "morning_opens": "09:00",
    "morning_closes": "12:00",
    "afternoon_opens": "14:00",
    "afternoon_closes": "18:00",
}


def step(name: str) -> str:
    return f"/sites/{NEW}/installer/{name}"


def where(client: FlaskClient) -> str:
    """The step at which it is taken up again."""
    return str(client.get(f"/sites/{NEW}/installer").location).rpartition("/")[2]


def test_a_place_is_set_up_step_by_step_and_taken_up_where_one_left_off(
    scene: Scene, admin: FlaskClient, tmp_path: Path
) -> None:
    assert admin.post("/sites/nouveau", data=PLACE).location.endswith(step("horaires"))
    with reading(scene.hub.engine) as connection:
        row = site_row(connection, NEW)
        assert row is not None
        assert (row.name, row.kind, row.languages, row.ready_ms) == (
            "Résidence des Tilleuls",
            "care",
            "ar,fr",
            None,
        )
        assert days_kept(connection, NEW)["parcel"] == 14, "people in care are away for weeks"
    assert "En cours d’installation" in admin.get("/sites").text
    assert where(admin) == "horaires"
    assert admin.post(step("horaires"), data=HOURS).location.endswith("/casiers")
    with reading(scene.hub.engine) as connection:
        assert hours_of(connection, NEW)[-1].weekly[:2] == (Opening(1, 540, 720), Opening(1, 840, 1080))
    assert admin.post(step("casiers"), data={"cabinet": "medium", "shelves": "4"}).status_code == 302
    assert where(admin) == "equipe"
    told = admin.post(step("equipe"), data={"initials": "NB"}).text
    assert re.search(r'class="secret">\d{6}<', told)
    assert not re.search(r'class="secret">\d{6}<', admin.get(step("equipe")).text)
    assert admin.post(step("appareils"), data={"kiosks": "2"}).status_code == 302
    assert where(admin) == "fin"
    archive = admin.post(f"/sites/{NEW}/installer/fichiers", data=BROKER | {"site_broker": "192.168.1.20"})
    unpacked = tmp_path / "stick"
    zipfile.ZipFile(io.BytesIO(archive.data)).extractall(unpacked)
    for device, kind in (("casiers", "bridge"), ("borne", "kiosk"), ("borne-2", "kiosk")):
        directory = unpacked / f"{NEW}-{device}"
        for path in directory.iterdir():
            path.chmod(0o600)
        enrolled = enrolment.read(directory, kind)  # type: ignore[arg-type]
        assert enrolled.site == NEW
        assert enrolled.site_broker == enrolment.BrokerAddress("192.168.1.20", 8883, tls=True)
    lockers = config.read(unpacked / f"{NEW}-casiers")
    assert len(lockers.places) == 12 + 4
    broker = unpacked / "courtier-du-site"
    assert (broker / f"site-{NEW}.acl").exists()
    authority, certificate = (
        x509.load_pem_x509_certificate((broker / name).read_bytes()) for name in ("ca.crt", "broker.crt")
    )
    certificate.verify_directly_issued_by(authority)
    named = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [str(one) for one in named.get_values_for_type(x509.IPAddress)] == ["192.168.1.20"]
    assert "PRIVATE KEY" in (broker / "broker.key").read_text()
    assert (
        tomllib.loads((unpacked / f"{NEW}-borne" / "device.toml").read_text())["bridge"] == f"{NEW}-casiers"
    )
    assert admin.post(step("fin")).status_code == 302
    assert "En cours d’installation" not in admin.get("/sites").text
    with reading(scene.hub.engine) as connection:
        done = set(connection.execute(select(audit.c.action).where(audit.c.site == NEW)).scalars())
    assert {"site_begun", "staff_added", "device_added", "device_enrolled", "site_set_up"} <= done


def test_nothing_secret_is_left_at_the_hub_and_a_second_download_is_another(
    scene: Scene, admin: FlaskClient
) -> None:
    path = f"/sites/{SITE}/installer/fichiers"
    first, second = (zipfile.ZipFile(io.BytesIO(admin.post(path, data=BROKER).data)) for _ in range(2))
    name = "borny-bridge/secret"
    assert first.read(name) != second.read(name)
    secret = second.read(name)
    everywhere = [one for one in scene.hub.directory.rglob("*") if one.is_file()]
    assert not any(secret in one.read_bytes() for one in everywhere)


def test_from_the_second_kiosk_on_an_address_is_asked_that_it_can_reach(
    scene: Scene, admin: FlaskClient
) -> None:
    admin.post("/sites/nouveau", data=PLACE)
    admin.post(step("appareils"), data={"kiosks": "1"})
    assert "site_broker" not in admin.get(step("fin")).text
    alone = zipfile.ZipFile(io.BytesIO(admin.post(step("fichiers"), data=BROKER).data))
    told = tomllib.loads(alone.read(f"{NEW}-borne/device.toml").decode())
    assert told["site_broker"] == {"host": "127.0.0.1", "port": 1883, "tls": False}
    admin.post(step("appareils"), data={"kiosks": "2"})
    assert 'name="site_broker"' in admin.get(step("fin")).text
    for unreachable in ("", "127.0.0.1", "localhost:8883", "mqtt://192.168.1.20:1883", "a b"):
        answer = admin.post(step("fichiers"), data=BROKER | {"site_broker": unreachable})
        assert (answer.status_code, answer.mimetype) == (422, "text/html"), unreachable
    for reachable in ("casiers.local", "192.168.1.20:8884", "mqtts://192.168.1.20:8883"):
        assert (
            admin.post(step("fichiers"), data=BROKER | {"site_broker": reachable}).mimetype
            == "application/zip"
        )


def form_of(page: str) -> str:
    found = re.search(r'name="form" value="([0-9a-f]{32})"', page)
    assert found
    return found[1]


def test_a_form_sent_twice_begins_one_place(scene: Scene, admin: FlaskClient) -> None:
    form = form_of(admin.get("/sites/nouveau").text)
    assert form_of(admin.post("/sites/nouveau", data={"form": form}).text) == form
    for name in ("Résidence des Tilleuls", "Résidence des Tilleuls", "Les Tilleuls"):
        again = admin.post("/sites/nouveau", data=PLACE | {"form": form, "name": name})
        assert again.location.endswith(step("horaires"))
    with reading(scene.hub.engine) as connection:
        assert sorted(site_ids(connection)) == [SITE, NEW]
        assert site_row(connection, NEW).name == "Les Tilleuls"  # type: ignore[union-attr]
    other = admin.post("/sites/nouveau", data=PLACE | {"form": form_of(admin.get("/sites/nouveau").text)})
    assert NEW not in other.location.split("/")


def test_a_place_where_nothing_happened_is_taken_off_the_list_again(scene: Scene, admin: FlaskClient) -> None:
    admin.post("/sites/nouveau", data=PLACE)
    admin.post(step("horaires"), data=HOURS)
    admin.post(step("equipe"), data={"initials": "NB"})
    admin.post(step("appareils"), data={"kiosks": "2"})
    assert step("retirer") in admin.get(step("horaires")).text
    assert admin.post(step("retirer")).location == "/sites"
    page = admin.get("/sites").text
    assert "Résidence des Tilleuls n’est plus sur la liste" in page
    assert f"/sites/{NEW}" not in page
    assert admin.get(step("lieu")).status_code == 404
    assert admin.post("/sites/nouveau", data=PLACE).location.endswith(step("horaires")), "its name is free"


def test_a_place_where_something_happened_stays(scene: Scene, admin: FlaskClient) -> None:
    for path, typed in (
        ("personnes/ajouter", {"name": "Yasmina", "language": "fr"}),
        ("installer/fichiers", BROKER),
    ):
        begun = admin.post("/sites/nouveau", data=PLACE).location.split("/")[2]
        admin.post(f"/sites/{begun}/installer/appareils", data={"kiosks": "1"})
        assert admin.post(f"/sites/{begun}/{path}", data=typed).status_code < 400
        assert "/installer/retirer" not in admin.get(f"/sites/{begun}/installer/lieu").text
        assert admin.post(f"/sites/{begun}/installer/retirer").status_code == 302
        assert admin.get(f"/sites/{begun}/installer/lieu").status_code == 200, path


def test_asked_again_for_devices_only_what_lacks_is_added(scene: Scene, admin: FlaskClient) -> None:
    admin.post("/sites/nouveau", data=PLACE)
    for kiosks in ("1", "1", "2"):
        admin.post(step("appareils"), data={"kiosks": kiosks})
    with reading(scene.hub.engine) as connection:
        ids = connection.execute(select(devices.c.id).where(devices.c.site == NEW)).scalars().all()
    assert sorted(ids) == [f"{NEW}-borne", f"{NEW}-borne-2", f"{NEW}-casiers"]


WRONG: tuple[tuple[str, Mapping[str, object]], ...] = (
    ("horaires", {"days": [], "morning_opens": "09:00", "morning_closes": "12:00"}),
    ("horaires", HOURS | {"morning_closes": "08:00"}),
    ("horaires", HOURS | {"afternoon_opens": "11:00"}),
    ("horaires", {}),
    ("casiers", {"cabinet": "castle", "shelves": "4"}),
    ("casiers", {"cabinet": "shelf", "shelves": "0"}),
    ("equipe", {"initials": ""}),
    ("appareils", {"kiosks": "0"}),
    ("appareils", {"kiosks": "99"}),
    ("fichiers", {"hub_broker": "nowhere"}),
    ("lieu", PLACE | {"name": ""}),
    ("lieu", {"name": "Ici", "kind": "care"}),
)


def test_what_cannot_be_is_said_and_kept_in_the_form(scene: Scene, admin: FlaskClient) -> None:
    admin.post("/sites/nouveau", data=PLACE)
    admin.post(step("appareils"), data={"kiosks": "1"})
    for where_to, typed in WRONG:
        answer = admin.post(step(where_to), data=dict(typed))
        assert (answer.status_code, "data-why" in answer.text) == (422, True), (where_to, typed)


def test_only_administrators_set_places_up_and_change_them(scene: Scene, concierge: FlaskClient) -> None:
    assert concierge.get("/sites").status_code == 200
    assert concierge.get(f"/sites/{SITE}/reglages").status_code == 200
    assert concierge.post(f"/sites/{SITE}/reglages", data=PLACE).status_code == 403
    for path in ("/sites/nouveau", f"/sites/{SITE}/installer", f"/sites/{SITE}/installer/feuille"):
        assert concierge.get(path).status_code == 403
    for path in ("fichiers", "fin", "retirer", "lieu", "horaires", "casiers", "equipe", "appareils"):
        assert concierge.post(f"/sites/{SITE}/installer/{path}").status_code == 403


def test_settings_change_what_kiosks_say_of_the_place(scene: Scene, admin: FlaskClient) -> None:
    assert admin.post(f"/sites/{SITE}/reglages", data=PLACE | {"kind": "company"}).status_code == 302
    with reading(scene.hub.engine) as connection:
        row = site_row(connection, SITE)
    assert row is not None
    assert (row.name, row.kind, row.languages) == ("Résidence des Tilleuls", "company", "ar,fr")


def test_the_sheet_of_next_steps_names_the_folders_of_this_place(scene: Scene, admin: FlaskClient) -> None:
    page = admin.get(f"/sites/{SITE}/installer/feuille").text
    assert "borny-bridge" in page
    assert "/etc/conciergerie/lockers" in page


def test_of_many_sites_those_with_alarms_come_first_and_one_is_found_by_its_name(
    scene: Scene, admin: FlaskClient
) -> None:
    with writing(scene.hub.engine) as connection:
        for number in range(30):
            create_site(connection, f"s{number}", f"Résidence {number:02}", 0, address=f"{number} rue Haute")
    scene.connect()
    scene.deposit("i1", 0, 3)
    scene.jam("i1", 0, 3)
    page = admin.get("/sites").text
    assert re.findall(r'<li data-tone="(\w+)"', page)[0] == "alarm"
    assert re.search(r"1 alerte", page)
    found = admin.get("/sites?q=residence 07").text
    assert len(re.findall(r"<li data-tone", found)) == 1
    assert "Résidence 07" in found
    assert len(re.findall(r"<li data-tone", admin.get("/sites?q=7 rue haute").text)) == 3
