"""Every setting is read once, checked at start, and refused in a sentence that names it."""

from ipaddress import ip_network
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from incidentdesk import i18n
from incidentdesk.setting_values import LANGUAGES
from incidentdesk.settings import LogAs, MailTLS, SecondChannel, SettingError, Settings, read

RELAY = {"INCIDENTDESK_SMTP_HOST": "relay.example.org", "INCIDENTDESK_MAIL_FROM": "desk@example.org"}


def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("s3cret\n", encoding="utf-8")
    given = {"ISSUER": "https://id.example.org", "CLIENT_ID": "desk", "CLIENT_SECRET_FILE": str(tmp_path / "secret")}
    made = read({f"INCIDENTDESK_OIDC_{name}": value for name, value in given.items()})
    assert made.oidc_client_secret == "s3cret"
    assert "s3cret" not in repr(made)


def test_nothing_is_needed_for_a_trial() -> None:
    assert read({}) == Settings()
    assert read({}).base_url == "http://127.0.0.1:8000"
    assert read({}).secure_cookies is False
    assert read({}).can_mail is False


def test_the_desk_can_be_set_to_every_language_it_speaks() -> None:
    assert set(LANGUAGES) == set(i18n.LANGUAGES)


def test_an_empty_variable_counts_as_not_set() -> None:
    empty = {f"INCIDENTDESK_{name}": " " for name in ("DATABASE_URL", "PORT", "ZONE", "SMTP_TLS", "TRUSTED_PROXIES")}
    assert read(empty) == Settings()


@pytest.mark.parametrize(
    "name, text, expected",
    [
        ("data_dir", "/var/lib/desk", Path("/var/lib/desk")),
        ("database_url", "postgres://u:p@db/desk", "postgresql+psycopg://u:p@db/desk"),
        ("database_url", "postgresql://u:p@db/desk", "postgresql+psycopg://u:p@db/desk"),
        ("database_url", "postgresql+psycopg://u@db/desk", "postgresql+psycopg://u@db/desk"),
        ("database_url", "sqlite+aiosqlite:///desk.db", "sqlite+aiosqlite:///desk.db"),
        ("port", " 65535 ", 65_535),
        ("trusted_proxies", "10.0.0.0/8, ::1/128,", (ip_network("10.0.0.0/8"), ip_network("::1/128"))),
        ("extra_hosts", " Desk.internal, [::1]:8000,", ("desk.internal", "[::1]:8000")),
        ("organisation", "  Acme  ", "Acme"),
        ("zone", "Atlantic/Azores", ZoneInfo("Atlantic/Azores")),
        ("bound_as", "controller, nis2", "controller,nis2"),
        ("established_in", "DE-BE", "DE-BE"),
        ("language", "nl", "nl"),
        ("smtp_port", "25", 25),
        ("smtp_tls", "tls", MailTLS.TLS),
        ("smtp_ca_file", "/etc/ca.pem", "/etc/ca.pem"),
        ("reports_per_network", "0", 0),
        ("reports_per_minute", "7", 7),
        ("minimum_fill_seconds", "5", 5),
        ("files_dir", "/srv/files", "/srv/files"),
        ("files_mb_per_network", "9", 9),
        ("log", "json", LogAs.JSON),
        ("metrics_token", "twenty-signs-or-more", "twenty-signs-or-more"),
        ("files_mb_per_day", "8", 8),
        ("files_mb_free", "0", 0),
        ("ballast_mb", "4", 4),
        ("ping_seconds", "0", 1),
        ("alive_mail", "nobody", "nobody"),
        ("alive_mail", "a@example.org", "a@example.org"),
        ("second_channel", "unwanted", SecondChannel.UNWANTED),
    ],
)
def test_each_text_becomes_its_value(name: str, text: str, expected: object) -> None:
    assert getattr(read({f"INCIDENTDESK_{name.upper()}": text}), name) == expected


@pytest.mark.parametrize(
    "name, text",
    [
        ("DATABASE_URL", "mysql://u:secret@db/desk"),
        ("PORT", "65536"),
        ("PORT", "٨٠"),
        ("PORT", "-1"),
        ("TRUSTED_PROXIES", "10.0.0.1/8"),
        ("TRUSTED_PROXIES", "the proxy"),
        ("ZONE", "Europe/Rotterdam"),
        ("ZONE", "../../etc/passwd"),
        ("LANGUAGE", "de"),
        ("BOUND_AS", "controller,everything"),
        ("ESTABLISHED_IN", "Netherlands"),
        ("SMTP_PORT", "many"),
        ("SMTP_TLS", "if available"),
        ("REPORTS_PER_NETWORK", "1.5"),
        ("REPORTS_PER_MINUTE", "9" * 5000),
        ("MINIMUM_FILL_SECONDS", "three"),
        ("PUBLIC_URL", "desk.example.org"),
        ("PUBLIC_URL", "ftp://desk.example.org"),
        ("PUBLIC_URL", "https://"),
        ("PUBLIC_URL", "https://[::1"),
        ("PUBLIC_URL", "https://desk.example.org:port"),
        ("PUBLIC_URL", "https://dösk.example.org"),
        ("PUBLIC_URL", "https://desk@example.org"),
        ("EXTRA_HOSTS", "https://desk.internal"),
        ("EXTRA_HOSTS", "desk.internal/"),
        ("LOG", "xml"),
        ("METRICS_TOKEN", "nineteen-signs-only"),
        ("BALLAST_MB", "-1"),
        ("SECOND_CHANNEL", "no"),
        ("SMTP2_PORT", "65536"),
        ("SMTP2_TLS", "maybe"),
        ("ALARM_WEBHOOK", "http://hooks.example.org/s3cret"),
        ("ALARM_WEBHOOK", "https://user:s3cret@hooks.example.org/"),
        ("ALARM_WEBHOOK", "https:///s3cret"),
        ("ALIVE_MAIL", "everybody"),
        ("ALIVE_MAIL", "a@example.org, b@example.org"),
        ("PING_URL", "http://ping.example.org/s3cret"),
        ("METRICS_TOKEN", "twenty signs with spaces"),
        ("METRICS_TOKEN", "twenty-signs-and-an-é"),
    ],
)
def test_a_text_that_cannot_be_used_is_refused_by_name(name: str, text: str) -> None:
    with pytest.raises(SettingError, match=f"INCIDENTDESK_{name}"):
        read({f"INCIDENTDESK_{name}": text})


def test_port_and_host_work_without_the_prefix_and_the_prefix_wins() -> None:
    plain = read({"PORT": "9000", "HOST": "0.0.0.0"})  # noqa: S104 - only read, nothing listens
    assert plain.base_url == "http://0.0.0.0:9000"
    both = read({"PORT": "9000", "INCIDENTDESK_PORT": "9001", "HOST": "::1"})
    assert both.base_url == "http://[::1]:9001"
    assert read({"PORT": "9000", "INCIDENTDESK_PORT": ""}).port == 9000
    with pytest.raises(SettingError, match="INCIDENTDESK_PORT is 'http'"):
        read({"PORT": "http"})


def test_other_plain_names_are_not_ours() -> None:
    assert read({"ZONE": "UTC", "LANGUAGE": "nl:en", "PHONE": "1"}) == Settings()


def test_the_public_address_decides_about_cookies_and_loses_its_slash() -> None:
    settings = read({"INCIDENTDESK_PUBLIC_URL": "https://desk.example.org/"})
    assert settings.base_url == "https://desk.example.org"
    assert settings.secure_cookies is True


def test_without_an_address_the_database_is_a_file_in_the_data_folder(tmp_path: Path) -> None:
    settings = read({"INCIDENTDESK_DATA_DIR": str(tmp_path)})
    assert settings.database == f"sqlite+aiosqlite:///{tmp_path}/incidentdesk.sqlite3"
    assert read({"INCIDENTDESK_DATABASE_URL": "postgres:///desk"}).database == "postgresql+psycopg:///desk"


def test_a_password_may_stand_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "password"
    path.write_text("correct horse\n", encoding="utf-8")
    given = {"INCIDENTDESK_SMTP_PASSWORD_FILE": str(path), "INCIDENTDESK_SMTP_PASSWORD": "another"}
    assert read(given).smtp_password == "correct horse"
    assert read({"INCIDENTDESK_SMTP_PASSWORD": "another"}).smtp_password == "another"


def test_a_password_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="INCIDENTDESK_SMTP_PASSWORD_FILE cannot be read"):
        read({"INCIDENTDESK_SMTP_PASSWORD_FILE": str(tmp_path / "missing")})
    (tmp_path / "bytes").write_bytes(b"secret\xff")
    with pytest.raises(SettingError, match="does not hold UTF-8"):
        read({"INCIDENTDESK_SMTP_PASSWORD_FILE": str(tmp_path / "bytes")})


def test_relay_and_sender_belong_together() -> None:
    assert read(RELAY).can_mail is True
    for name, value in RELAY.items():
        with pytest.raises(SettingError, match="belong together"):
            read({name: value})


def test_a_mail_password_is_never_sent_in_clear() -> None:
    clear = {**RELAY, "INCIDENTDESK_SMTP_TLS": "none"}
    assert read(clear).smtp_tls is MailTLS.NONE
    with pytest.raises(SettingError, match="needs TLS"):
        read({**clear, "INCIDENTDESK_SMTP_USER": "desk"})


def test_no_password_is_shown() -> None:
    given = {"INCIDENTDESK_SMTP_PASSWORD": "hush", "INCIDENTDESK_DATABASE_URL": "postgres://u:hush@db/desk"}
    assert "hush" not in repr(read(given))
    with pytest.raises(SettingError) as refused:
        read({"INCIDENTDESK_DATABASE_URL": "mysql://u:hush@db/desk"})
    assert "hush" not in str(refused.value)


def test_the_environment_is_read_when_nothing_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INCIDENTDESK_ORGANISATION", "Acme")
    assert read().organisation == "Acme"


def test_a_second_way_needs_a_first_one_and_sends_no_password_in_clear() -> None:
    for second in ("SMTP2_HOST", "ALARM_WEBHOOK"):
        with pytest.raises(SettingError, match="set that first"):
            read({f"INCIDENTDESK_{second}": "https://hooks.example.org/"})
    clear = {**RELAY, "INCIDENTDESK_SMTP2_HOST": "other.example.org", "INCIDENTDESK_SMTP2_TLS": "none"}
    assert read(clear).by_second_relay.smtp_host == "other.example.org"
    with pytest.raises(SettingError, match="INCIDENTDESK_SMTP2_USER needs TLS"):
        read({**clear, "INCIDENTDESK_SMTP2_USER": "desk"})


def test_an_address_that_is_a_secret_is_not_repeated_where_it_is_refused() -> None:
    with pytest.raises(SettingError) as refused:
        read({**RELAY, "INCIDENTDESK_ALARM_WEBHOOK": "http://hooks.example.org/s3cret"})
    assert "s3cret" not in str(refused.value)
