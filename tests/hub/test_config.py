"""`hub.toml`: what it may say of messages, and what is said of it."""

from pathlib import Path

import pytest

from contract.settings import SettingsError
from hub.config import FILE, HubSettings, read
from hub.notify.gateways import AppriseGateways

REPOSITORY = Path(__file__).resolve().parents[2]


def settings(directory: Path, text: str) -> HubSettings:
    (directory / FILE).write_text(text)
    return read(directory)


def test_the_example_of_the_guide_loads_and_apprise_knows_its_addresses(tmp_path: Path) -> None:
    guide = (REPOSITORY / "docs" / "installation.md").read_text()
    example = "[notify]" + guide.partition("```toml\n[notify]")[2].partition("```")[0]
    notify = settings(tmp_path, example).notify
    assert AppriseGateways(notify.sms, notify.email, notify.sender).ways == {"sms", "email"}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('sms = "json://secret.example.org/sms"', "it does not say to whom"),
        ('email = "mailto://secret@example.org?to={to}&from={from}"', "nothing says who that is"),
        ('sms = "form://secret.example.org/?:to={to}&method=GET"', "a code would stand in an address"),
        ('sms = "json://secret/{to}"\novh = {service = "sms-secret-1"}', "two gateways for SMS"),
        ('ovh = {service = "s", address = "http://secret.example.org"}', "unsealed"),
        ('zone = "Europe/Borny"', "there is no such time zone"),
        ('zone = "../secret"', "there is no such time zone"),
    ],
)
def test_a_fault_is_named_with_its_line_and_never_repeats_a_secret(
    tmp_path: Path, line: str, said: str
) -> None:
    with pytest.raises(SettingsError, match=said) as raised:
        settings(tmp_path, f"[notify]\n{line}\n")
    assert "line 2" in str(raised.value)
    assert "secret" not in str(raised.value)


def test_settings_written_into_a_log_tell_no_address(tmp_path: Path) -> None:
    read_ = settings(tmp_path, '[notify]\nsms = "json://secret.example.org/{to}"\n')
    assert "secret" not in f"{read_!r} {read_.notify!r} {read_}"


def test_what_can_be_written_by_follows_from_the_settings(tmp_path: Path) -> None:
    assert settings(tmp_path, "").notify.ways == frozenset()
    assert settings(tmp_path, '[notify.ovh]\nservice = "sms-ab1-1"\n').notify.ways == {"sms"}
    mail = '[notify]\nemail = "mailto://example.org?to={to}"\n'
    assert settings(tmp_path, mail).notify.ways == {"email"}
