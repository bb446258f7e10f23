"""Enrolling: what the device gets, what the brokers get, and who never gets the site key."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from contract.broker_password import is_password
from contract.clock import SystemClock
from contract.enrolment import BrokerAddress, DeviceFile, DeviceKind, read, write_files
from contract.topics import TopicError, device_id
from hub.certificates import CertificateAuthority
from hub.enrolment import BrokerCredential, drop_credential, enrol, hub_password, keep_credential

PLAIN = BrokerAddress("127.0.0.1", 1883)
TLS = BrokerAddress("hub.example.org", 8883, tls=True)
SITE_KEY = bytes(range(32))


def enrolled(
    directory: Path,
    device: str = "kiosk-1",
    kind: DeviceKind = "kiosk",
    broker: BrokerAddress = PLAIN,
    ca: CertificateAuthority | None = None,
    replace: bool = False,
) -> BrokerCredential:
    file = DeviceFile(
        device=device_id(device),
        site="borny",
        kind=kind,
        bridge="bridge-1",
        order_key=bytes(32).hex(),
        hub_broker=broker,
        site_broker=PLAIN,
    )
    enrolled = enrol(file, SITE_KEY, ca)
    write_files(directory, enrolled.files, replace=replace)
    return enrolled.credential


def test_the_broker_admits_the_password_the_device_was_given(tmp_path: Path) -> None:
    credential = enrolled(tmp_path / "kiosk-1")
    password = read(tmp_path / "kiosk-1").password
    assert password is not None
    assert credential.password_line is not None
    assert is_password(credential.password_line, "kiosk-1", password)
    assert not is_password(credential.password_line, "kiosk-2", password)
    assert not is_password(credential.password_line, "kiosk-1", password + "x")


def test_the_site_key_goes_to_the_bridge_and_not_to_the_kiosk(tmp_path: Path) -> None:
    enrolled(tmp_path / "kiosk-1")
    enrolled(tmp_path / "bridge-1", "bridge-1", "bridge")
    assert read(tmp_path / "bridge-1").site_key == SITE_KEY
    kiosk = b"".join(path.read_bytes() for path in (tmp_path / "kiosk-1").iterdir())
    assert SITE_KEY not in kiosk
    assert SITE_KEY.hex().encode() not in kiosk


def test_two_enrolments_never_share_a_password(tmp_path: Path) -> None:
    enrolled(tmp_path / "device")
    first = read(tmp_path / "device").password
    enrolled(tmp_path / "device", replace=True)
    assert read(tmp_path / "device").password != first


@pytest.mark.parametrize("name", ["Kiosk", "kiosk/1", "+", "#", "", "a" * 41, "kiosk 1"])
def test_a_name_that_cannot_stand_in_a_topic_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(TopicError):
        enrolled(tmp_path / "device", name)


@pytest.mark.parametrize("name", ["hub", "lan"])
def test_nobody_is_enrolled_under_a_name_of_the_hub_s(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="no device may be called"):
        enrolled(tmp_path / "device", name)


def test_each_broker_of_a_device_knows_it_once(tmp_path: Path) -> None:
    for _ in range(2):
        keep_credential(tmp_path, "borny", enrolled(tmp_path / "kiosk-1", replace=True))
    keep_credential(tmp_path, "nancy", BrokerCredential("kiosk-2", "kiosk-2:$7$..."))
    users = {
        path.name: [line.split(":")[0] for line in path.read_text().splitlines()]
        for path in tmp_path.glob("*.passwd")
    }
    assert users == {
        "hub.passwd": ["kiosk-1", "kiosk-2"],
        "site-borny.passwd": ["kiosk-1"],
        "site-nancy.passwd": ["kiosk-2"],
    }
    assert {path.stat().st_mode & 0o777 for path in tmp_path.glob("*.passwd")} == {0o600}


def test_a_revoked_device_leaves_every_password_file(tmp_path: Path) -> None:
    keep_credential(tmp_path, "borny", BrokerCredential("kiosk-1", "kiosk-1:x"))
    keep_credential(tmp_path, "nancy", BrokerCredential("kiosk-2", "kiosk-2:x"))
    changed = [path.name for path in drop_credential(tmp_path, "kiosk-1")]
    assert changed == ["hub.passwd", "site-borny.passwd"]
    assert (tmp_path / "hub.passwd").read_text() == "kiosk-2:x\n"
    assert (tmp_path / "site-borny.passwd").read_text() == ""


def test_the_hub_has_a_password_of_its_own_that_stays(tmp_path: Path) -> None:
    password = hub_password(tmp_path / "brokers")
    assert hub_password(tmp_path / "brokers") == password
    [line] = (tmp_path / "brokers" / "hub.passwd").read_text().splitlines()
    assert is_password(line, "hub", password)
    assert (tmp_path / "brokers" / "hub.secret").stat().st_mode & 0o777 == 0o600


def test_a_certificate_names_its_device_and_makes_no_server(tmp_path: Path) -> None:
    ca = CertificateAuthority(tmp_path / "ca", SystemClock())
    credential = enrolled(tmp_path / "kiosk-1", broker=TLS, ca=ca)
    assert credential.user == "kiosk-1"
    device = read(tmp_path / "kiosk-1")
    certificate = x509.load_pem_x509_certificate(device.certificate_file.read_bytes())
    authority = x509.load_pem_x509_certificate(device.ca_file.read_bytes())
    certificate.verify_directly_issued_by(authority)
    assert [name.value for name in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)] == [
        "kiosk-1"
    ]
    usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


def test_a_certificate_is_valid_on_a_pi_that_believes_it_is_years_ago(tmp_path: Path) -> None:
    clock = SystemClock()
    issued = CertificateAuthority(tmp_path, clock).client("kiosk-1")
    certificate = x509.load_pem_x509_certificate(issued.certificate.encode())
    four_years_ago = datetime.fromtimestamp(clock.wall_ms() / 1000 - 4 * 365 * 86_400, UTC)
    assert certificate.not_valid_before_utc < four_years_ago < certificate.not_valid_after_utc


def test_the_authority_stays_the_same_and_its_key_private(tmp_path: Path) -> None:
    first = CertificateAuthority(tmp_path / "ca", SystemClock())
    again = CertificateAuthority(tmp_path / "ca", SystemClock())
    assert again.certificate == first.certificate
    assert (tmp_path / "ca" / "ca.key").stat().st_mode & 0o777 == 0o600


def test_tls_without_an_authority_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="certificate authority"):
        enrolled(tmp_path / "kiosk-1", broker=TLS)
    assert not (tmp_path / "kiosk-1").exists()
