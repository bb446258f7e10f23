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


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('host = "127.0.0.1"', "the hub's own broker"),
        ('host = "house"\nuser = "hub"', "a name and a password go together"),
        ('host = "house"\npassword_file = "secret"', "a name and a password go together"),
        ('host = "house"\nca = "ca.pem"', "Add  tls = true"),
        ('host = "house"\nprefix = "home/#"', "Write text in quotes of the form"),
        ('host = "house"\nname = "a/b"', "Write text in quotes of the form"),
        ('host = "house"\nsites = ["Borny"]', "Write text in quotes of the form"),
        ('host = "house"\npassword = "secret"', "Write password_file, if that is meant"),
    ],
)
def test_a_fault_in_what_is_said_of_home_assistant_is_named_with_its_line(
    tmp_path: Path, line: str, said: str
) -> None:
    with pytest.raises(SettingsError) as raised:
        settings(tmp_path, f"[home_assistant]\n{line}\n")
    assert said in str(raised.value)
    assert f"line {2 + line.count(chr(10))}" in str(raised.value)
    assert "secret" not in str(raised.value)


def test_the_example_of_home_assistant_loads(tmp_path: Path) -> None:
    example = (REPOSITORY / "docs" / "installation.md").read_text().partition("```toml\n[home_assistant]")[2]
    home = settings(tmp_path, "[home_assistant]" + example.partition("```")[0]).home_assistant
    assert home is not None
    assert (home.port, home.tls, home.prefix, home.name) == (8883, True, "homeassistant", "conciergerie")


def test_settings_written_into_a_log_tell_no_address(tmp_path: Path) -> None:
    read_ = settings(tmp_path, '[notify]\nsms = "json://secret.example.org/{to}"\n')
    assert "secret" not in f"{read_!r} {read_.notify!r} {read_}"


def test_what_can_be_written_by_follows_from_the_settings(tmp_path: Path) -> None:
    assert settings(tmp_path, "").notify.ways == frozenset()
    assert settings(tmp_path, '[notify.ovh]\nservice = "sms-ab1-1"\n').notify.ways == {"sms"}
    mail = '[notify]\nemail = "mailto://example.org?to={to}"\n'
    assert settings(tmp_path, mail).notify.ways == {"email"}
