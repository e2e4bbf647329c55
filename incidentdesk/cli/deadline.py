"""`incidentdesk deadline`: when a duty is due, computed in the terminal."""

import json
from datetime import datetime
from zoneinfo import ZoneInfo, available_timezones

import click

from incidentdesk import law
from incidentdesk.rules.deadline import (
    Ambiguous,
    Missing,
    Period,
    Policy,
    deadline,
    disputed_two_working_days,
    latest_arguable,
    local_moment,
    policy_in_force,
)
from incidentdesk.rules.next_step import Duty

# Outside these years neither zone rules nor dated rows mean anything.
_YEARS = range(1971, 2900)


@click.command("deadline")
@click.option(
    "--aware",
    required=True,
    help="When the organisation became aware, such as 2026-04-02T17:30, local unless it has an offset.",
)
@click.option("--zone", "zone_name", required=True, help="IANA time zone, such as Europe/Amsterdam.")
@click.option("--policy", "policy_id", default=Duty.AUTHORITY.value, show_default=True, help="The duty to compute.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def print_deadline(aware: str, zone_name: str, policy_id: str, *, as_json: bool) -> None:
    """Print when a duty is due, from the moment of awareness."""
    zone = _zone(zone_name)
    start = _instant(aware, zone)
    policy, period = _policy(policy_id, start, zone)
    holidays = law.holidays(law.country_of(zone.key) or "")
    moments = {
        "start": start,
        "deadline": deadline(start, period, zone=zone, holidays=holidays),
        "latest_arguable": latest_arguable(start, period, zone=zone, holidays=holidays),
        "disputed_two_working_days": disputed_two_working_days(start, period, zone=zone, holidays=holidays),
    }
    local = {name: moment.astimezone(zone) for name, moment in moments.items()}
    if as_json:
        answer = {name: moment.isoformat() for name, moment in local.items()}
        click.echo(
            json.dumps({"policy": policy.id, "start": answer.pop("start"), "zone": zone.key, **answer}, indent=2)
        )
        return
    click.echo(f"{policy.regime}: {_length(period)}, version {policy.version} ({zone.key})")
    for name, words in _WORDS.items():
        click.echo(f"{words:<10}{local[name]:%a %Y-%m-%d %H:%M:%S %z}{_REMARKS.get(name, '')}")


_WORDS = {
    "start": "start",
    "deadline": "deadline",
    "latest_arguable": "latest",
    "disputed_two_working_days": "disputed",
}
_REMARKS = {
    "latest_arguable": "  arguable, for the file only",
    "disputed_two_working_days": "  disputed, never a target",
}


class _Refused(click.ClickException):
    """What was asked for cannot be computed."""

    exit_code = 2


def _zone(name: str) -> ZoneInfo:
    if name not in available_timezones():
        raise _Refused(f"unknown time zone {name!r}; name one such as Europe/Amsterdam")
    return ZoneInfo(name)


def _instant(text: str, zone: ZoneInfo) -> datetime:
    given = _iso(text)
    if given.tzinfo is not None:
        return given
    match local_moment(given, zone):
        case Missing():
            raise _Refused(f"{text} does not exist in {zone.key}: the clocks went forward over it")
        case Ambiguous(first, second):
            readings = " or ".join(moment.astimezone(zone).isoformat() for moment in (first, second))
            raise _Refused(f"{text} happens twice in {zone.key}; add the offset: {readings}")
        case exact:
            return exact.instant


def _iso(text: str) -> datetime:
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        raise _Refused(f"{text!r} is not a moment such as 2026-04-02T17:30") from None
    if ":" not in text:
        raise _Refused(f"{text!r} names no time; write it as 2026-04-02T17:30")
    if given.year not in _YEARS:
        raise _Refused(f"the year must lie from {_YEARS.start} to {_YEARS.stop - 1}")
    return given


def _policy(policy_id: str, start: datetime, zone: ZoneInfo) -> tuple[Policy, Period]:
    rows = [row for row in law.policies() if row.id == policy_id]
    if not rows:
        raise _Refused(f"unknown policy {policy_id!r}; known: {', '.join(sorted({row.id for row in law.policies()}))}")
    policy = policy_in_force(rows, policy_id, start, zone) or _proposal(rows)
    if policy.period is None:
        raise _Refused(f"{policy_id} has no fixed period to compute ({policy.regime})")
    return policy, policy.period


def _proposal(rows: list[Policy]) -> Policy:
    """Return the row to compute a proposal with; a law that is not in force at the moment gives no deadline at all."""
    policy = rows[-1]
    if policy.effective_from is not None and policy.enabled:
        until = f" to {policy.effective_to}" if policy.effective_to else ""
        raise _Refused(f"{policy.id} is not law at that moment; it is valid from {policy.effective_from}{until}")
    click.echo(f"Note: {policy.id} is not law ({policy.version}, switched off).", err=True)
    return policy


def _length(period: Period) -> str:
    return f"{period.value} {period.unit}" + ("" if period.value == 1 else "s")
