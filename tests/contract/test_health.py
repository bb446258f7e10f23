"""What a machine tells of itself: a Raspberry Pi's own files, fewer of them, and odd ones."""

from pathlib import Path

import pytest
from cryptography import x509

from contract.clock import SystemClock
from contract.codec import decode, encode
from contract.health import Machine, certificate_end_ms
from contract.journal import Journal
from contract.messages import Health
from hub.certificates import CertificateAuthority

THROTTLED = "sys/devices/platform/soc/soc:firmware/get_throttled"
THROTTLED_ON_A_PI_5 = "sys/devices/platform/soc@107c000000/soc@107c000000:firmware/get_throttled"
HEAT = "sys/class/thermal/thermal_zone0/temp"


def machine(root: Path, **files: str) -> Machine:
    """A machine whose kernel tells this, by path."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return Machine(root / "journal.sqlite3", root / "device.crt", root)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> str:
    return (
        CertificateAuthority(tmp_path_factory.mktemp("ca"), SystemClock()).client("borny-borne").certificate
    )


def test_a_pi_tells_everything(tmp_path: Path, certificate: str) -> None:
    files = {
        HEAT: "54768\n",
        "sys/class/thermal/thermal_zone1/temp": "61200\n",
        THROTTLED: "50000\n",
        "proc/meminfo": "MemTotal:        3884000 kB\nMemFree:  100 kB\nMemAvailable:    2406080 kB\n",
        "device.crt": certificate,
    }
    pi = machine(tmp_path, **files)
    journal = Journal.open(tmp_path / "journal.sqlite3", SystemClock())
    health = pi.health()
    journal.close()
    assert (health.celsius, health.under_voltage, health.memory_free_percent) == (61, "was", 61)
    assert health.disk_free_percent is not None
    ends = x509.load_pem_x509_certificate(certificate.encode()).not_valid_after_utc
    assert health.certificate_ends_ms == int(ends.timestamp() * 1000)
    assert health.journal_bytes is not None
    assert health.journal_bytes > 4096


@pytest.mark.parametrize("where", [THROTTLED, THROTTLED_ON_A_PI_5])
@pytest.mark.parametrize(
    ("bits", "said"), [("0", "no"), ("50005", "now"), ("50000", "was"), ("80000", "no"), ("0x10000", "was")]
)
def test_the_firmwares_bits_are_read_as_documented(tmp_path: Path, where: str, bits: str, said: str) -> None:
    assert machine(tmp_path, **{where: bits}).health().under_voltage == said


@pytest.mark.parametrize(("alarm", "said"), [("0\n", "no"), ("1\n", "was")])
def test_a_kernel_without_the_firmwares_file_has_a_sensor(tmp_path: Path, alarm: str, said: str) -> None:
    sensor = "sys/class/hwmon/hwmon1"
    files = {f"{sensor}/name": "rpi_volt\n", f"{sensor}/in0_lcrit_alarm": alarm}
    assert machine(tmp_path, **files).health().under_voltage == said


def test_what_is_not_told_is_absent_and_never_made_up(tmp_path: Path) -> None:
    health = machine(tmp_path).health()
    assert health == Health(disk_free_percent=health.disk_free_percent, journal_bytes=0)


@pytest.mark.parametrize(
    "files",
    [
        {HEAT: "", THROTTLED: "what", "proc/meminfo": "MemTotal: 0 kB\nMemAvailable: 0 kB"},
        {HEAT: "999999999999999999999", THROTTLED: "-", "proc/meminfo": "MemTotal\nMemAvailable: x"},
        {HEAT: "\u00e9", "proc/meminfo": "MemTotal: 10 kB\nMemAvailable: 99 kB"},
        {"device.crt": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"},
        {"device.crt": "x" * 70_000},
    ],
)
def test_what_reads_oddly_is_left_out_and_the_hello_can_still_be_heard(
    tmp_path: Path, files: dict[str, str]
) -> None:
    health = machine(tmp_path, **files).health()
    assert decode(encode(health), Health) == health
    assert (health.celsius, health.under_voltage, health.memory_free_percent) == (None, None, None)
    assert health.certificate_ends_ms is None


def test_any_cut_or_changed_certificate_has_no_end_or_one_that_can_be_sent(certificate: str) -> None:
    for end in range(0, len(certificate), 7):
        for text in (certificate[:end], certificate[:end] + "A" + certificate[end + 1 :]):
            ends = certificate_end_ms(text)
            assert ends is None or decode(encode(Health(certificate_ends_ms=ends)), Health)


def test_this_very_machine_tells_what_can_be_sent(tmp_path: Path) -> None:
    health = Machine(tmp_path / "journal.sqlite3", tmp_path / "device.crt").health()
    assert decode(encode(health), Health) == health
    assert health.memory_free_percent is not None
    assert health.disk_free_percent is not None
