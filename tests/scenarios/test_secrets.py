"""A code, a key, a PIN and a name go through the whole system once, then are looked for everywhere (I15)."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from contract import enrolment, pickup_code, topics
from contract import messages as m
from contract.chain import GENESIS
from contract.codec import encode
from deploy.brokers import LOOPBACK
from deploy.demo.plan import BRIDGE, DESK, KIOSK, Plan, Ports
from deploy.demo.seeding import hub_command
from hub.keys import Keys
from tests.fakes.mqtt import BareClient
from tests.fakes.ports import free_base
from tests.fakes.site import PROGRAMS, Seeded, WholeSite, opened_site
from tests.fakes.waiting import patiently

NAME = "Thiriet"
SHORT_BYTES = 6
KEYS = "hub/keys/sites/borny.key", f"devices/{BRIDGE}/site.key"
"""The two files the site key lives in; they hold nothing else."""
NAMED = ("hub/hub.sqlite3", "backup.sqlite3", f"devices/{KIOSK}/data/feed.sqlite3")
"""Where people's names may be: the hub's database and its copies, and what the site's kiosk knows."""


def commands(site: WholeSite) -> dict[str, bytes]:
    """Command line and environment of every process of this site, by its number."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            line = (process / "cmdline").read_bytes()
            if str(site.plan.data).encode() in line:
                found[process.name] = line + (process / "environ").read_bytes()
        except OSError:
            continue  # it ended meanwhile, or is not ours to look at
    return found


def files(site: WholeSite) -> dict[str, bytes]:
    """Every file of the site and its hub, but the keys: logs, journals, databases, write-ahead logs."""
    root = site.plan.data
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and str(path.relative_to(root)) not in KEYS
    }


def where(secret: str | bytes, places: dict[str, bytes]) -> list[str]:
    """The places a secret stands in; a short one only by itself, not as a part of some longer number."""
    raw = secret if isinstance(secret, bytes) else secret.encode()
    pattern = re.escape(raw)
    if len(raw) <= SHORT_BYTES:
        pattern = rb"(?<![0-9A-Za-z.])" + pattern + rb"(?![0-9A-Za-z])"
    found = re.compile(pattern, re.DOTALL)
    return sorted(name for name, content in places.items() if found.search(content))


def test_no_code_key_or_pin_is_written_anywhere_and_a_name_only_where_it_may_be(
    seed: Seeded, tmp_path: Path
) -> None:
    with opened_site(seed, tmp_path) as site:
        slip = site.clerk().deposit(NAME.lower(), "6A98765432109")
        wrong = f"{slip.digits[:-6]}{(int(slip.digits[-6:]) + 1) % 1_000_000:06d}"
        site.screen.touch("code", digits=wrong)
        site.screen.wait_for("code_refused")
        site.screen.touch("leave")
        site.screen.wait_for("start")
        person = site.person(slip)
        person.type_code()
        person.wait_for_open_door()
        running = commands(site)
        assert len(running) >= len(PROGRAMS)
        site.hub_command("backup", str(site.plan.data / "backup.sqlite3"))
        person.collect()
        site.wait_for_fact("item_collected")
        site.pages().get("/sites/borny/colis")
        alive = files(site)
        site.kill(*PROGRAMS)
        places = {**files(site), **{f"{name} (alive)": content for name, content in alive.items()}}
        assert {
            "logs/kiosk.log",
            "logs/bridge.log",
            "logs/hub.log",
            "brokers/site/broker.log",
        } <= places.keys()
        pickup = site.facts("pickup_opened")[-1]
        assert_kept(site, slip.digits, wrong, pickup, places, running)


def assert_kept(
    site: WholeSite,
    digits: str,
    wrong: str,
    pickup: m.PickupOpened,
    places: dict[str, bytes],
    running: dict[str, bytes],
) -> None:
    """Look for each secret, in every form it has, in every place."""
    site_key = Keys(site.plan.hub / "keys").site_key("borny")
    token = pickup_code.token(site_key, pickup.pickup, pickup.generation)
    assert digits == pickup_code.typed_code(site_key, pickup.ticket, pickup.pickup, pickup.generation)
    forms: dict[str, str | bytes] = {
        "typed code": digits,
        "code as printed": f"{digits[:-6]} {digits[-6:-3]} {digits[-3:]}",
        "its proof": digits[-6:],
        "QR": token,
        "wrong code": wrong,
        "site key": site_key.hex(),
        "site key, raw": site_key,
        "PIN": site.kept.pin,
        "password of the pages": site.kept.password,
    }
    everywhere = {**places, **running}
    found = {name: where(secret, everywhere) for name, secret in forms.items()}
    assert {name: there for name, there in found.items() if there} == {}

    named = {name.removesuffix(" (alive)").removesuffix("-wal") for name in where(NAME, everywhere)}
    assert named <= set(NAMED)
    assert {"hub/hub.sqlite3", f"devices/{KIOSK}/data/feed.sqlite3"} <= named
    passwords = [str(enrolment.read(site.plan.device(name)).password) for name in (BRIDGE, KIOSK, DESK)]
    for password in passwords:
        assert not where(password, {name: log for name, log in everywhere.items() if name.endswith(".log")})
        assert not where(password, running)


# --- what somebody told us of themselves --------------------------------------------------------

PLANTED = {
    "name": "Benchekroun",
    "flat": "Tour-Azur-77",
    "phone": "+33612987654",
    "e-mail": "amina.b@exemple-prive.org",
}
LABEL = "6A98765432109"
NEIGHBOUR = "metz-casiers"


def with_neighbours(seed: Seeded, directory: Path) -> Seeded:
    """The same hub with a second site, whose device is enrolled and nosy."""
    shutil.copytree(seed.data, directory)
    plan = Plan(directory, directory, Ports(free_base()))
    hub_command(plan, "site", "create", "metz", "--name", "Metz")
    where = ("--out", str(plan.device(NEIGHBOUR)), "--hub-broker", f"{LOOPBACK}:1")
    hub_command(plan, "enrol", NEIGHBOUR, "--site", "metz", "--kind", "bridge", *where)
    return Seeded(directory, seed.kept)


@contextmanager
def nosy_neighbour(site: WholeSite) -> Iterator[BareClient]:
    """The device of the other site asks the hub for all there is, and the broker for what is not its own."""
    password = enrolment.read(site.plan.device(NEIGHBOUR)).password
    client = BareClient(site.plan.ports.hub_broker, NEIGHBOUR, password)
    assert client.connect()
    client.subscribe("#", "conciergerie/#", f"conciergerie/1/{KIOSK}/#", f"conciergerie/1/{NEIGHBOUR}/down/#")
    client.publish((topics.presence(NEIGHBOUR), encode(m.Presence(online=True, session="nosy"))))
    client.publish((topics.up(NEIGHBOUR, "hello"), encode(hello())))
    yield client
    client.leave()


def hello() -> m.Hello:
    return m.Hello(
        id="hello",
        journal="nosy",
        last_seq=0,
        last_hash=GENESIS,
        feed=m.FeedPosition(),
        boot="boot",
        mono_ms=1,
        wall_ms=1,
        clock="unknown",
        program="bridge",
        version="1",
    )


def test_what_is_known_of_somebody_stays_where_it_may_be_and_goes_when_they_are_erased(
    seed: Seeded, tmp_path: Path
) -> None:
    people = tmp_path / "people.csv"
    people.write_text(f"nom;logement;téléphone;courriel\n{';'.join(PLANTED.values())}\n")
    known = with_neighbours(seed, tmp_path / "seed")
    with opened_site(known, tmp_path / "site") as site, nosy_neighbour(site) as neighbour:
        site.hub_command("people", "import", str(people), "--site", "borny")
        patiently(lambda: where(PLANTED["name"], at_the_kiosk(site)))
        slip = site.clerk().deposit(PLANTED["name"], LABEL)
        site.person(slip).collect()
        site.wait_for_fact("item_collected")
        site.pages().get("/sites/borny/colis")
        site.hub_command("backup", str(tmp_path / "backup.sqlite3"))
        running, alive = commands(site), files(site)
        heard = {f"heard of {one.topic}": one.payload for one in neighbour.so_far()}
        assert any(topic.endswith("/feed") for topic in heard), "it was told its own site's news"
        everywhere = {**alive, **running, **heard}
        found = {what: plain(where(said, everywhere)) for what, said in PLANTED.items()}
        in_the_hub, at_the_site = "hub/hub.sqlite3", f"devices/{KIOSK}/data/feed.sqlite3"
        assert found["name"] == found["flat"] == {in_the_hub, at_the_site}
        assert found["phone"] == found["e-mail"] == {in_the_hub}
        journals = {f"devices/{name}/data/journal.sqlite3" for name in (BRIDGE, KIOSK)}
        assert plain(where(LABEL, everywhere)) <= {in_the_hub, *journals}

        [[person]] = site.hub_rows("SELECT id FROM people WHERE name = ?", PLANTED["name"])
        site.hub_command("person", "erase", person)
        patiently(lambda: not where(PLANTED["name"], at_the_kiosk(site)))
        site.kill(*PROGRAMS)
        left = files(site)
        assert {what: where(said, left) for what, said in PLANTED.items() if where(said, left)} == {}
        assert plain(where(LABEL, left)) <= journals
        assert "every link holds" in site.hub_command("ledger", "--verify")
        assert "the tables are equal" in site.hub_command("rebuild", "--check")


def at_the_kiosk(site: WholeSite) -> dict[str, bytes]:
    """The kiosk's replica of the feed, with its write-ahead log."""
    data = site.plan.device(KIOSK) / "data"
    return {path.name: path.read_bytes() for path in data.glob("feed.sqlite3*")}


def plain(names: list[str]) -> set[str]:
    """A database and its write-ahead log are one."""
    return {name.removesuffix("-wal") for name in names}
