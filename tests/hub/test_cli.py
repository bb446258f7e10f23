"""The hub's commands as somebody at a terminal meets them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select, update

import hub.__main__ as program
from contract import enrolment
from contract.codec import decode
from contract.messages import SiteCard
from hub.config import HubSettings
from hub.context import open_context
from hub.store import audit, partner_access
from hub.store.accounts import check_password
from hub.store.api_tokens import make_token
from hub.store.database import reading, writing
from hub.store.feed import live_documents
from hub.store.opening import hours_of
from hub.store.partner_access import Pin
from hub.store.partners import Partner, add_partner
from hub.store.sessions import session_account, start_session
from hub.store.tables import accounts
from hub.store.tables import audit as audit_table
from tests.fakes.clock import FakeClock

PHRASE = "une phrase assez longue\n"


class Terminal:
    """Runs commands on one data directory."""

    def __init__(self, data: Path) -> None:
        self.data = data

    def run(self, *arguments: str, given: str | None = None) -> Result:
        return CliRunner().invoke(program.main, [*arguments, "--data", str(self.data)], input=given)

    def says(self, *arguments: str, given: str | None = None) -> str:
        result = self.run(*arguments, given=given)
        assert result.exit_code == 0, result.output
        return result.output

    def refuses(self, *arguments: str, given: str | None = None) -> str:
        result = self.run(*arguments, given=given)
        assert result.exit_code == 1, result.output
        assert "Traceback" not in result.output
        return result.output


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    terminal = Terminal(tmp_path / "data")
    terminal.says("site", "create", "borny", "--name", "Résidence Borny", "--helper", "Samia")
    return terminal


def test_a_site_is_made_once_and_with_a_name_that_can_stand_in_a_topic(terminal: Terminal) -> None:
    assert "already" in terminal.refuses("site", "create", "borny", "--name", "Encore")
    assert "a-z" in terminal.refuses("site", "create", "Borny!", "--name", "Encore")


def test_what_kiosks_say_of_a_site_can_be_changed(terminal: Terminal) -> None:
    assert "say what" in terminal.refuses("site", "change", "borny")
    assert "create it first" in terminal.refuses("site", "change", "nowhere", "--phone", "1")
    terminal.says("site", "change", "borny", "--phone", "03 87 00 00 00")
    opened = open_context(terminal.data, HubSettings(), FakeClock())
    with opened as hub, reading(hub.engine) as connection:
        [card] = live_documents(connection, "borny", "kiosk")
    site = decode(bytes(card.body), SiteCard)  # type: ignore[arg-type]
    assert (site.phone, site.helper, card.version) == ("03 87 00 00 00", "Samia", 2)


def test_the_hours_of_a_site_are_written_whole_or_not_at_all(terminal: Terminal) -> None:
    terminal.says("site", "hours", "borny", "1-5", "9:00", "12h", "135", "16:00", "19:00")
    for wrong in (("1-9", "9:00", "12:00"), ("6", "9:00", "25:00"), ("6", "9:00"), ()):
        assert terminal.refuses("site", "hours", "borny", *wrong)
    assert "create it first" in terminal.refuses("site", "hours", "nowhere", "--always")
    opened = open_context(terminal.data, HubSettings(), FakeClock())
    with opened as hub, reading(hub.engine) as connection:
        [hours] = hours_of(connection, "borny")
    assert [one.weekday for one in hours.weekly] == [1, 1, 2, 3, 3, 4, 5, 5]
    assert not hours.always


def test_a_site_names_the_languages_of_its_kiosks_in_its_order(terminal: Terminal) -> None:
    terminal.says("site", "create", "metz", "--name", "Metz", "--languages", " FR, ar;sq,fr,")
    terminal.says("site", "change", "borny", "--languages", "fr,en,ar,sq")
    for wrong in ("", "arabe,fr", "fr,e1", "fr/ar"):
        assert "fr,en,ar,sq" in terminal.refuses("site", "change", "borny", "--languages", wrong)
    assert [card(terminal, site).languages for site in ("metz", "borny")] == [
        ("fr", "ar", "sq"),
        ("fr", "en", "ar", "sq"),
    ]


def card(terminal: Terminal, site: str) -> SiteCard:
    """What the kiosks of a site are told of it."""
    opened = open_context(terminal.data, HubSettings(), FakeClock())
    with opened as hub, reading(hub.engine) as connection:
        [document] = live_documents(connection, site, "kiosk")
    return decode(bytes(document.body), SiteCard)  # type: ignore[arg-type]


def test_a_list_of_people_is_imported_and_refused_lines_are_named(terminal: Terminal, tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text("nom;logement\nAmina Benali;A12\n;B1\n")
    result = terminal.run("people", "import", str(people), "--site", "borny")
    assert result.exit_code == 1
    assert "1 people added, 1 lines refused" in result.output
    assert "line 3: name missing" in result.output
    assert "create it first" in terminal.refuses("people", "import", str(people), "--site", "nowhere")


def test_staff_get_a_pin_that_is_told_once(terminal: Terminal, tmp_path: Path) -> None:
    words = terminal.says("staff", "add", "--site", "borny", "--initials", "SK")
    assert words.startswith("number 1, PIN ")
    pin = tmp_path / "pin"
    words = terminal.says("staff", "add", "--site", "borny", "--initials", "LM", "--pin-out", str(pin))
    assert pin.read_text() not in words
    assert pin.read_text().isdecimal()
    assert pin.stat().st_mode & 0o077 == 0
    assert "taken" in terminal.refuses("staff", "add", "--site", "borny", "--initials", "LM", "--number", "1")


def test_a_pin_is_for_its_reader_alone_also_in_a_file_that_was_open_to_all(
    terminal: Terminal, tmp_path: Path
) -> None:
    pin = tmp_path / "pin"
    pin.touch(mode=0o666)
    pin.chmod(0o666)
    with pin.open() as held_open:
        terminal.says("staff", "add", "--site", "borny", "--initials", "LM", "--pin-out", str(pin))
        assert held_open.read() == ""
    assert pin.stat().st_mode & 0o777 == 0o600
    assert pin.read_text().isdecimal()


def test_an_account_is_made_from_a_password_nobody_sees(terminal: Terminal) -> None:
    command = ("admin", "create", "--name", "samia", "--password-stdin")
    assert "at least" in terminal.refuses(*command, given="short\n")
    assert "only the name" in terminal.refuses(*command, given="Samia samia\n")
    terminal.says(*command, given="une phrase assez longue\n")
    assert "already" in terminal.refuses(*command, given="une phrase assez longue\n")
    opened = open_context(terminal.data, HubSettings(), FakeClock())
    with opened as hub, reading(hub.engine) as connection:
        assert check_password(connection, "samia", "une phrase assez longue") is not None
        kept = connection.execute(select(accounts.c.password_hash)).scalar_one()
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")  # what it costs to guess one


def test_what_people_did_on_the_pages_is_verified_with_the_facts(terminal: Terminal) -> None:
    with open_context(terminal.data, HubSettings(), FakeClock()) as hub, writing(hub.engine) as connection:
        for number in range(3):
            audit.note(connection, number, "samia", "code_told", subject=f"i{number}")
    assert "3 deeds on the pages, every link holds; 0 details let go" in terminal.says("verify")
    with open_context(terminal.data, HubSettings(), FakeClock()) as hub, writing(hub.engine) as connection:
        connection.execute(update(audit_table).where(audit_table.c.id == 2).values(account="bilal"))
    assert "broken: audit, row 2: it is not what was noted" in terminal.refuses("verify")


def test_no_account_reads_like_another_or_bears_a_sign_nobody_sees(terminal: Terminal) -> None:
    terminal.says("admin", "create", "--name", "Léa", "--password-stdin", given=PHRASE)
    for name, why in (("lea", "reads like it"), ("le\u200ba", "nobody sees")):
        assert why in terminal.refuses("admin", "create", "--name", name, "--password-stdin", given=PHRASE)


def test_a_role_with_sites_is_given_some_and_no_other_is(terminal: Terminal) -> None:
    command = ("admin", "create", "--name", "karim", "--password-stdin")
    assert "--site" in terminal.refuses(*command, "--role", "concierge", given=PHRASE)
    assert "every site" in terminal.refuses(*command, "--role", "network", "--site", "borny", given=PHRASE)
    assert "nowhere" in terminal.refuses(*command, "--role", "lead", "--site", "nowhere", given=PHRASE)
    terminal.says(*command, "--role", "lead", "--site", "borny", given=PHRASE)
    with open_context(terminal.data, HubSettings(), FakeClock()) as hub, reading(hub.engine) as connection:
        karim = check_password(connection, "karim", PHRASE.strip())
    assert karim is not None
    assert karim.sites == frozenset({"borny"})


def test_an_account_is_closed_for_good_and_one_administrator_stays(terminal: Terminal) -> None:
    remove = ("admin", "remove", "--name", "samia")
    assert "no account" in terminal.refuses(*remove)
    terminal.says("admin", "create", "--name", "samia", "--password-stdin", given=PHRASE)
    assert "only administrator" in terminal.refuses(*remove)
    terminal.says("admin", "create", "--name", "nadia", "--password-stdin", given=PHRASE)
    with open_context(terminal.data, HubSettings(), FakeClock()) as hub, writing(hub.engine) as connection:
        samia = check_password(connection, "samia", PHRASE.strip())
        assert samia is not None
        token = start_session(connection, samia.id, hub.clock.wall_ms())
        make_token(connection, "Tableau", frozenset({"read:sites"}), [], 2**50, samia.id, 0)
    assert "ended with it: token Tableau" in terminal.says(*remove)
    with open_context(terminal.data, HubSettings(), FakeClock()) as hub, reading(hub.engine) as connection:
        assert check_password(connection, "samia", PHRASE.strip()) is None
        assert session_account(connection, token, hub.clock.wall_ms()) is None


def test_a_device_gets_all_it_needs_to_start_and_the_kiosk_no_site_key(
    terminal: Terminal, tmp_path: Path
) -> None:
    bridge, kiosk = tmp_path / "bridge", tmp_path / "kiosk"
    common = ("--site", "borny", "--hub-broker", "hub.example:1884")
    assert "no bridge" in terminal.refuses(
        "enrol", "borny-kiosk", *common, "--kind", "kiosk", "--out", str(kiosk)
    )
    terminal.says("enrol", "borny-bridge", *common, "--kind", "bridge", "--out", str(bridge))
    terminal.says("enrol", "borny-kiosk", *common, "--kind", "kiosk", "--out", str(kiosk))
    mine, theirs = enrolment.read(bridge, "bridge"), enrolment.read(kiosk, "kiosk")
    assert mine.site_key is not None
    assert theirs.site_key is None
    assert (theirs.bridge, theirs.hub_broker.host, theirs.hub_broker.port) == (
        "borny-bridge",
        "hub.example",
        1884,
    )
    lines = (terminal.data / "brokers" / "hub.passwd").read_text()
    assert "borny-bridge:$7$" in lines
    assert mine.password not in lines  # type: ignore[operator]


def test_what_cannot_be_enrolled_is_refused_and_leaves_nothing_behind(
    terminal: Terminal, tmp_path: Path
) -> None:
    def refuses(*arguments: str) -> str:
        return terminal.refuses("enrol", *arguments, "--kind", "bridge", "--out", str(tmp_path / "out"))

    assert "a-z" in refuses("Bad Name", "--site", "borny")
    assert "create it first" in refuses("bridge", "--site", "nowhere")
    assert "HOST:PORT" in refuses("bridge", "--site", "borny", "--hub-broker", "nonsense")
    assert not (tmp_path / "out").exists()
    terminal.says("enrol", "bridge", "--site", "borny", "--kind", "bridge", "--out", str(tmp_path / "out"))
    assert "has a bridge" in refuses("second", "--site", "borny")


def test_a_revoked_device_is_taken_off_the_brokers_as_well(terminal: Terminal, tmp_path: Path) -> None:
    terminal.says("enrol", "bridge", "--site", "borny", "--kind", "bridge", "--out", str(tmp_path / "out"))
    assert "reload" in terminal.says("revoke", "bridge")
    assert "bridge:" not in (terminal.data / "brokers" / "hub.passwd").read_text()
    assert "no device" in terminal.refuses("revoke", "bridge")
    assert "revoked" in terminal.refuses(
        "enrol", "bridge", "--site", "borny", "--kind", "bridge", "--out", str(tmp_path / "out"), "--replace"
    )


def granted(terminal: Terminal, site: str = "borny") -> list[str]:
    """Whom the access list of the site's broker names."""
    lines = (terminal.data / "brokers" / f"site-{site}.acl").read_text().splitlines()
    return [line.removeprefix("user ") for line in lines if line.startswith("user ")]


def test_the_access_list_of_a_site_names_who_is_in_service_there_after_each_enrolment_and_revocation(
    terminal: Terminal, tmp_path: Path
) -> None:
    def enrol(device: str, site: str, kind: str) -> str:
        options = ("--site", site, "--kind", kind, "--out", str(tmp_path / device))
        return terminal.says("enrol", device, *options)

    terminal.says("site", "create", "nancy", "--name", "Nancy")
    enrol("bridge", "borny", "bridge")
    enrol("kiosk-1", "borny", "kiosk")
    assert "site-borny.acl" in enrol("kiosk-2", "borny", "kiosk")
    enrol("bridge-n", "nancy", "bridge")
    assert (granted(terminal), granted(terminal, "nancy")) == (["bridge", "kiosk-1", "kiosk-2"], ["bridge-n"])
    assert "site-borny.acl" in terminal.says("revoke", "kiosk-1")
    assert granted(terminal) == ["bridge", "kiosk-2"]
    terminal.says("revoke", "bridge")
    assert granted(terminal) == []
    assert (terminal.data / "brokers" / "site-borny.acl").stat().st_mode & 0o077 == 0


def test_a_settings_file_with_faults_names_them_all(terminal: Terminal) -> None:
    (terminal.data / "hub.toml").write_text('prot = 8000\n[broker]\nport = "high"\n')
    words = terminal.refuses("ledger", "--jsonl")
    assert "2 faults" in words
    assert "line 1" in words
    assert "line 3" in words


def test_an_empty_ledger_is_empty_and_equal(terminal: Terminal) -> None:
    assert terminal.says("ledger", "--jsonl") == ""
    assert "equal" in terminal.says("rebuild", "--check")
    assert "0 facts" in terminal.says("rebuild")


@pytest.mark.parametrize(
    "command", [["ledger", "--jsonl"], ["rebuild", "--check"], ["backup", "copy.sqlite3"]]
)
def test_a_directory_without_a_hub_is_no_hub_without_facts(tmp_path: Path, command: list[str]) -> None:
    elsewhere = Terminal(tmp_path / "mistyped")
    assert "there is no hub" in elsewhere.refuses(*command)
    assert list(tmp_path.iterdir()) == []


def test_a_backup_that_is_none_is_not_restored(terminal: Terminal, tmp_path: Path) -> None:
    bad = tmp_path / "bad"
    bad.write_text(json.dumps({"not": "a database"}))
    assert "no backup" in terminal.refuses("restore", str(bad))
    good = tmp_path / "good"
    terminal.says("backup", str(good))
    assert "exists" in terminal.refuses("backup", str(good))
    assert "restored" in terminal.says("restore", str(good))


def test_a_restore_names_what_it_has_put_back_in_service_and_how_to_take_it_out_again(
    terminal: Terminal, tmp_path: Path
) -> None:
    for name in ("samia", "mallory"):
        terminal.says("admin", "create", "--name", name, "--password-stdin", given=PHRASE)
    terminal.says("enrol", "bridge", "--site", "borny", "--kind", "bridge", "--out", str(tmp_path / "out"))
    terminal.says("staff", "add", "--site", "borny", "--initials", "SK")
    opened = open_context(terminal.data, HubSettings(), FakeClock())
    with opened as hub, writing(hub.engine) as connection:
        make_token(connection, "Supervision", frozenset({"read:sites"}), [], 2**50, "a", 0)
        partner = add_partner(connection, Partner("Pressing"), "borny", 0)
        desk = partner_access.give(
            connection, partner, "Comptoir", Pin("", ""), "a", 0, sites=frozenset({"borny"})
        )
    copy = tmp_path / "copy"
    terminal.says("backup", str(copy))
    terminal.says("revoke", "bridge")
    terminal.says("admin", "remove", "--name", "mallory")
    with open_context(terminal.data, HubSettings(), FakeClock()) as hub, writing(hub.engine) as connection:
        partner_access.revoke(connection, desk, 0)
    words = terminal.says("restore", str(copy))
    assert "Comptoir (Pressing)" in words
    for said in ("bridge (bridge, borny)", "mallory (admin)", "samia (admin)", "1 SK (borny)", "Supervision"):
        assert said in words
    assert "hub revoke DEVICE" in words
    assert "hub admin remove --name NAME" in words
    assert "mandates to collect for somebody: 0" in words
    terminal.says("revoke", "bridge")
    terminal.says("admin", "remove", "--name", "mallory")
    terminal.says("backup", str(tmp_path / "later"))
    words = terminal.says("restore", str(tmp_path / "later"))
    assert "mallory" not in words
    assert "(bridge, borny)" not in words
