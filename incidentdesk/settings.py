"""Every setting, read once from the environment, checked at start. README's table is compared with `FIELDS` by a test."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import timedelta
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from incidentdesk import setting_values
from incidentdesk.rules.deadline import Regime

PREFIX = "INCIDENTDESK_"
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


class SettingError(ValueError):
    """A setting cannot be used; the text says which one and why."""


class MailTLS(StrEnum):
    """How the connection to the relay is protected. There is no "if available": that can be stripped."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


class Asks(StrEnum):
    """Who asks for the second factor after single sign-on."""

    DESK = "desk"
    PROVIDER = "provider"


class SecondFactor(StrEnum):
    """Whether people must prove more than a password."""

    REQUIRED = "required"
    OPTIONAL = "optional"


class SecondChannel(StrEnum):
    """Whether administrators are told that alerts have one way out only."""

    WANTED = "wanted"
    UNWANTED = "unwanted"


class LogAs(StrEnum):
    """How a line of the log is written."""

    TEXT = "text"
    JSON = "json"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One immutable value. Field name in capitals behind `INCIDENTDESK_` is the variable's name."""

    data_dir: Path = Path("data")
    database_url: str = field(default="", repr=False)
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str = ""
    extra_hosts: tuple[str, ...] = ()
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    organisation: str = "Our organisation"
    phone: str = ""
    privacy_contact: str = ""
    zone: ZoneInfo = AMSTERDAM
    language: str = "en"
    established_in: str = "NL"
    # A word too many costs a line on a page, one too few a missed duty.
    bound_as: str = "controller,processor,nis2"
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_tls: MailTLS = MailTLS.STARTTLS
    smtp_user: str = ""
    smtp_password: str = field(default="", repr=False)
    smtp_ca_file: str = ""
    smtp_lines: int = 2
    mail_from: str = ""
    smtp2_host: str = ""
    smtp2_port: int = 587
    smtp2_tls: MailTLS = MailTLS.STARTTLS
    smtp2_user: str = ""
    smtp2_password: str = field(default="", repr=False)
    smtp2_ca_file: str = ""
    alarm_webhook: str = field(default="", repr=False)
    second_channel: SecondChannel = SecondChannel.WANTED
    ping_url: str = field(default="", repr=False)
    ping_seconds: int = 60
    audit_mail: str = ""
    alive_mail: str = setting_values.ADMINISTRATORS
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = field(default="", repr=False)
    oidc_second_factor: Asks = Asks.DESK
    reports_per_network: int = 100
    reports_per_minute: int = 200
    minimum_fill_seconds: int = 3
    backup_days: int = 14
    second_factor: SecondFactor = SecondFactor.REQUIRED
    files_dir: str = ""
    files_mb_per_network: int = 500
    files_mb_per_day: int = 5000
    files_mb_free: int = 500
    ballast_mb: int = 32
    log: LogAs = LogAs.TEXT
    metrics_token: str = field(default="", repr=False)

    @property
    def base_url(self) -> str:
        """Where people reach the desk; links in mails start with it, never with what a request claims."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return (self.public_url or f"http://{host}:{self.port}").rstrip("/")

    @property
    def hosts(self) -> frozenset[str]:
        """The hosts a request may name: the public one, with and without a port that goes without saying, and more."""
        parts = urlsplit(self.base_url)
        name = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else f"{parts.hostname}"
        usual = setting_values.USUAL_PORTS[parts.scheme]
        port = parts.port or usual
        return frozenset({f"{name}:{port}", *([name] if port == usual else []), *self.extra_hosts})

    @property
    def database(self) -> str:
        """The database's address for SQLAlchemy."""
        return self.database_url or f"sqlite+aiosqlite:///{self.data_dir.absolute() / 'incidentdesk.sqlite3'}"

    @property
    def keys_dir(self) -> Path:
        """Where the keys are, the list of what was erased, and the note of the newest checkpoint."""
        return self.data_dir / "keys"

    @property
    def backups_kept(self) -> timedelta:
        """How long a backup can be opened."""
        return timedelta(days=self.backup_days)

    @property
    def files(self) -> Path:
        """Where sealed files lie; replicas must share it."""
        return Path(self.files_dir) if self.files_dir else self.data_dir / "files"

    @property
    def regimes(self) -> frozenset[Regime]:
        """As what the law binds this organisation."""
        return frozenset(map(Regime, self.bound_as.split(","))) if self.bound_as else frozenset()

    @property
    def secure_cookies(self) -> bool:
        """Cookies only over TLS, unless this is a trial on plain http."""
        return self.base_url.startswith("https://")

    @property
    def can_mail(self) -> bool:
        """Whether there is a relay to hand mails to."""
        return bool(self.smtp_host and self.mail_from)

    @property
    def alive_address(self) -> str:
        """Where the mail of the day goes when it goes to no person of the desk; empty when it does."""
        return self.alive_mail if "@" in self.alive_mail else ""

    @property
    def has_second_channel(self) -> bool:
        """Whether alerts have a way out when the relay is away."""
        return bool(self.smtp2_host or self.alarm_webhook)

    @property
    def by_second_relay(self) -> "Settings":
        """The same settings for whoever speaks to the second relay."""
        return replace(
            self,
            smtp_host=self.smtp2_host,
            smtp_port=self.smtp2_port,
            smtp_tls=self.smtp2_tls,
            smtp_user=self.smtp2_user,
            smtp_password=self.smtp2_password,
            smtp_ca_file=self.smtp2_ca_file,
        )


# May stand in a file that `…_FILE` names.
IN_FILE = {"smtp_password", "smtp2_password", "oidc_client_secret", "metrics_token", "alarm_webhook", "ping_url"}
SECRET = {"database_url", *IN_FILE}
FIELDS = tuple(known.name for known in fields(Settings))


def read(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings, or raise SettingError in one sentence. `PORT` and `HOST` are taken without the prefix too.

    An empty variable counts as not set: compose files hand on what nobody filled in.
    """
    given = os.environ if environment is None else environment
    values: dict[str, object] = {}
    for name in FIELDS:
        if text := _text(given, name):
            values[name] = _value(name, text)
    settings = Settings(**values)  # type: ignore[arg-type]  # each value was made by its own parser below
    _check(settings)
    return settings


def _text(given: Mapping[str, str], name: str) -> str:
    variable = PREFIX + name.upper()
    if name in IN_FILE and (path := given.get(variable + "_FILE")):
        return _file(variable + "_FILE", path)
    plain = given.get(name.upper(), "") if name in {"host", "port"} else ""
    return given.get(variable, "").strip() or plain.strip()


def _file(variable: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        msg = f"{variable} cannot be read: {error.strerror}"
        raise SettingError(msg) from error
    except UnicodeDecodeError:
        # From None: the error's own text shows bytes of the secret.
        msg = f"{variable} does not hold UTF-8 text"
        raise SettingError(msg) from None


def _value(name: str, text: str) -> object:
    parser = _PARSERS.get(name, str)
    try:
        return parser(text)
    except (ValueError, KeyError) as error:
        # A database's address holds a password; what was given is not repeated where logs are kept.
        shown = "" if name in SECRET else f" is {text!r}"
        msg = f"{PREFIX}{name.upper()}{shown}: {error}"
        raise SettingError(msg) from error


_PARSERS: dict[str, Callable[[str], object]] = {
    "data_dir": Path,
    "database_url": setting_values.database_url,
    "port": setting_values.port,
    "extra_hosts": setting_values.hosts,
    "trusted_proxies": setting_values.networks,
    "zone": setting_values.zone,
    "language": setting_values.language,
    "established_in": setting_values.establishment,
    "bound_as": setting_values.regimes,
    "smtp_port": setting_values.port,
    "smtp_tls": MailTLS,
    "smtp_lines": lambda text: max(1, setting_values.natural(text)),
    "smtp2_port": setting_values.port,
    "smtp2_tls": MailTLS,
    "alarm_webhook": setting_values.private_url,
    "second_channel": SecondChannel,
    "alive_mail": setting_values.alive_mail,
    "ping_url": setting_values.private_url,
    "ping_seconds": lambda text: max(1, setting_values.natural(text)),
    "oidc_issuer": setting_values.private_url,
    "oidc_second_factor": Asks,
    "reports_per_network": setting_values.natural,
    "reports_per_minute": setting_values.natural,
    "minimum_fill_seconds": setting_values.natural,
    "backup_days": lambda text: max(1, setting_values.natural(text)),
    "second_factor": SecondFactor,
    "files_mb_per_network": setting_values.natural,
    "files_mb_per_day": setting_values.natural,
    "files_mb_free": setting_values.natural,
    "ballast_mb": setting_values.natural,
    "log": LogAs,
    "metrics_token": setting_values.token,
}


def _check(settings: Settings) -> None:
    if not setting_values.is_public(settings.base_url):
        msg = f"{PREFIX}PUBLIC_URL must start with https:// (or http:// for a trial)"
        raise SettingError(msg)
    if len({bool(settings.oidc_issuer), bool(settings.oidc_client_id), bool(settings.oidc_client_secret)}) > 1:
        msg = f"{PREFIX}OIDC_ISSUER, {PREFIX}OIDC_CLIENT_ID and {PREFIX}OIDC_CLIENT_SECRET belong together"
        raise SettingError(msg)
    _check_mail(settings)


def _check_mail(settings: Settings) -> None:
    if bool(settings.smtp_host) != bool(settings.mail_from):
        msg = f"{PREFIX}SMTP_HOST and {PREFIX}MAIL_FROM belong together: set both or neither"
        raise SettingError(msg)
    if settings.has_second_channel and not settings.can_mail:
        msg = f"{PREFIX}SMTP2_HOST and {PREFIX}ALARM_WEBHOOK stand in for {PREFIX}SMTP_HOST: set that first"
        raise SettingError(msg)
    for name, relay in (("SMTP", settings), ("SMTP2", settings.by_second_relay)):
        if relay.smtp_user and relay.smtp_tls is MailTLS.NONE:
            msg = f"{PREFIX}{name}_USER needs TLS: a password is never sent in clear"
            raise SettingError(msg)
