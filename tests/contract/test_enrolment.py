"""The directory a device starts from: written once, read strictly, refused with a way out."""

from pathlib import Path

import msgspec
import pytest

from contract.enrolment import BrokerAddress, Certificates, DeviceFile, NotEnrolledError, read, write

PLAIN = BrokerAddress("127.0.0.1", 1883)
TLS = BrokerAddress("hub.example.org", 8883, tls=True)
KIOSK = DeviceFile("kiosk-1", "borny", "kiosk", "bridge-1", "ab" * 32, PLAIN, PLAIN)
BRIDGE = msgspec.structs.replace(KIOSK, device="bridge-1", kind="bridge")
SITE_KEY = bytes(range(32))
CERTIFICATES = Certificates(ca="CA\n", certificate="CRT\n", key="KEY\n")


@pytest.fixture
def kiosk(tmp_path: Path) -> Path:
    write(tmp_path / "kiosk", KIOSK, password="wrapped-in-nothing")
    return tmp_path / "kiosk"


@pytest.fixture
def bridge(tmp_path: Path) -> Path:
    write(tmp_path / "bridge", BRIDGE, password="wrapped-in-nothing", site_key=SITE_KEY)
    return tmp_path / "bridge"


def refusal(directory: Path) -> str:
    with pytest.raises(NotEnrolledError) as refused:
        read(directory)
    return str(refused.value)


def test_a_kiosk_reads_back_what_the_hub_wrote(kiosk: Path) -> None:
    enrolment = read(kiosk, "kiosk")
    assert (enrolment.device, enrolment.site, enrolment.bridge) == ("kiosk-1", "borny", "bridge-1")
    assert (enrolment.hub_broker, enrolment.site_broker, enrolment.order_key) == (PLAIN, PLAIN, "ab" * 32)
    assert (enrolment.password, enrolment.site_key) == ("wrapped-in-nothing", None)


def test_a_bridge_has_the_site_key_besides(bridge: Path) -> None:
    assert read(bridge, "bridge").site_key == SITE_KEY


def test_with_certificates_at_both_brokers_there_is_no_password(tmp_path: Path) -> None:
    file = msgspec.structs.replace(KIOSK, hub_broker=TLS, site_broker=TLS)
    write(tmp_path / "kiosk", file, certificates=CERTIFICATES)
    enrolment = read(tmp_path / "kiosk")
    assert enrolment.password is None
    assert enrolment.ca_file.read_text() == "CA\n"
    assert enrolment.certificate_file.read_text() == "CRT\n"
    assert enrolment.key_file.read_text() == "KEY\n"


def test_certificates_at_the_hub_and_a_password_on_the_own_machine_go_together(tmp_path: Path) -> None:
    file = msgspec.structs.replace(KIOSK, hub_broker=TLS)
    write(tmp_path / "kiosk", file, password="p", certificates=CERTIFICATES)
    assert read(tmp_path / "kiosk").password == "p"


def test_secrets_are_for_their_owner_alone(bridge: Path) -> None:
    modes = {path.name: path.stat().st_mode & 0o777 for path in bridge.iterdir()}
    assert modes == {"device.toml": 0o600, "secret": 0o600, "site.key": 0o600}


def test_secrets_do_not_show_when_an_enrolment_is_printed(bridge: Path) -> None:
    shown = repr(read(bridge)) + repr(CERTIFICATES)
    assert "wrapped" not in shown
    assert repr(SITE_KEY) not in shown
    assert "KEY" not in shown


def test_an_empty_directory_names_the_command_that_fills_it(tmp_path: Path) -> None:
    with pytest.raises(NotEnrolledError, match="conciergerie hub enrol NAME --site SITE --kind bridge"):
        read(tmp_path, "bridge")


def test_a_device_file_with_three_faults_names_all_three(kiosk: Path) -> None:
    file = kiosk / "device.toml"
    file.write_text(file.read_text().replace('"kiosk"', '"fridge"').replace("1883", "0"))
    assert refusal(kiosk).startswith(f"{file}: 3 faults")


def test_a_kiosk_s_directory_does_not_make_a_bridge(kiosk: Path) -> None:
    with pytest.raises(NotEnrolledError, match="belongs to a kiosk, not to a bridge"):
        read(kiosk, "bridge")


@pytest.mark.parametrize("name", ["secret", "site.key"])
def test_a_missing_or_empty_secret_is_named(bridge: Path, name: str) -> None:
    (bridge / name).write_text("")
    assert name in refusal(bridge)
    (bridge / name).unlink()
    assert f"{name} is missing" in refusal(bridge)


@pytest.mark.parametrize("name", ["secret", "site.key"])
def test_a_secret_others_can_read_is_refused_with_the_command_to_type(bridge: Path, name: str) -> None:
    (bridge / name).chmod(0o640)
    assert f"chmod 600 {bridge / name}" in refusal(bridge)


@pytest.mark.parametrize("text", ["00", "zz" * 32, "00" * 33])
def test_a_damaged_site_key_is_refused(bridge: Path, text: str) -> None:
    (bridge / "site.key").write_text(text)
    assert "damaged" in refusal(bridge)


def test_a_site_key_on_a_kiosk_is_refused(kiosk: Path) -> None:
    (kiosk / "site.key").write_text(SITE_KEY.hex())
    assert "must not lie on a kiosk" in refusal(kiosk)


def test_a_missing_certificate_is_named(tmp_path: Path) -> None:
    file = msgspec.structs.replace(KIOSK, hub_broker=TLS, site_broker=TLS)
    write(tmp_path, file, certificates=CERTIFICATES)
    (tmp_path / "ca.crt").unlink()
    assert "ca.crt is missing" in refusal(tmp_path)


def test_a_device_is_not_overwritten_unless_asked_and_its_journal_never(kiosk: Path) -> None:
    (kiosk / "journal.sqlite3").write_text("facts")
    with pytest.raises(FileExistsError):
        write(kiosk, KIOSK, password="another")
    assert read(kiosk).password == "wrapped-in-nothing"
    write(kiosk, KIOSK, password="another", replace=True)
    assert read(kiosk).password == "another"
    assert (kiosk / "journal.sqlite3").read_text() == "facts"


def test_a_bridge_that_becomes_a_kiosk_loses_the_site_key(bridge: Path) -> None:
    write(bridge, KIOSK, password="p", replace=True)
    assert read(bridge).kind == "kiosk"
    assert not (bridge / "site.key").exists()


@pytest.mark.parametrize(
    "wrong",
    [
        lambda to: write(to, KIOSK, password="p", site_key=SITE_KEY),
        lambda to: write(to, BRIDGE, password="p"),
        lambda to: write(to, KIOSK),
        lambda to: write(to, KIOSK, password="p", certificates=CERTIFICATES),
        lambda to: write(to, msgspec.structs.replace(KIOSK, hub_broker=TLS), password="p"),
        lambda to: write(to, msgspec.structs.replace(KIOSK, device="hub"), password="p"),
        lambda to: write(to, msgspec.structs.replace(KIOSK, device="bridge-1"), password="p"),
    ],
)
def test_an_enrolment_that_makes_no_sense_is_not_written(tmp_path: Path, wrong: object) -> None:
    assert callable(wrong)
    with pytest.raises(ValueError, match=r"\w"):
        wrong(tmp_path / "device")
    assert not (tmp_path / "device").exists()
