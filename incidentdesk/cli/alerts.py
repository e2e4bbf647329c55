"""`incidentdesk alerts`: was nothing lost?"""

import asyncio
import json
from collections.abc import Mapping
from typing import Final

import click

from incidentdesk import clock, database
from incidentdesk import settings as settings_module
from incidentdesk.cli.words import in_a_sentence
from incidentdesk.escalation.settled import Account, Tally, settle
from incidentdesk.records import steadiness
from incidentdesk.rules.settling import Word
from incidentdesk.settings import Settings

SHOWN = 20


@click.group("alerts")
def alerts() -> None:
    """Look after what people are told of."""


@alerts.command("verify")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with every finding.")
@in_a_sentence()
def verify_alerts(*, as_json: bool) -> None:
    """Account for every report, every step of a ladder and every mail; the exit status is 1 when one cannot be.

    Nothing is changed. Run it also while the desk works.
    """
    account = asyncio.run(_settle(settings_module.read()))
    click.echo(json.dumps(_answer(account), indent=2) if as_json else "\n".join(_sentences(account)))
    raise SystemExit(1 if account.findings else 0)


async def _settle(settings: Settings) -> Account:
    opened = database.connect(settings.database)
    try:
        await database.insist_on_newest(settings.database, opened)
        async with opened.read() as session:
            clock.follow(await steadiness.read(session))
        async with opened.read() as session:
            return await settle(session, settings, now=clock.now())
    finally:
        await opened.close()


def _answer(account: Account) -> dict[str, object]:
    figures = {"reports": account.reports, "steps": account.steps, "mails": account.mails}
    findings = [{"what": one.what, "where": one.where, "words": WORDS[one.what]} for one in account.findings]
    return {**{name: _figures(tally) for name, tally in figures.items()}, "findings": findings}


def _figures(tally: Tally) -> dict[str, object]:
    return {
        "total": tally.total,
        "told": tally.told,
        "reasons": dict(tally.reasons),
        "unexplained": tally.unexplained,
    }


def _sentences(account: Account) -> list[str]:
    listed = [f"  {one.where}: {WORDS[one.what]}" for one in account.findings[:SHOWN]]
    more = len(account.findings) - len(listed)
    return [
        _line("reports", "alerted", account.reports),
        _line("steps due", "told", account.steps),
        _line("mails", "sent", account.mails),
        f"NOT settled, findings {len(account.findings)}:" if account.findings else "Settled: nothing is unexplained.",
        *listed,
        *([f"... and {more} more: say --json"] * bool(more)),
    ]


def _line(name: str, told: str, tally: Tally) -> str:
    reasons = ", ".join(f"{word} {count}" for word, count in tally.reasons.items())
    with_reason = f"with a reason {sum(tally.reasons.values())}{f' ({reasons})' if reasons else ''}"
    return f"{name} {tally.total}: {told} {tally.told}, {with_reason}, unexplained {tally.unexplained}"


WORDS: Final[Mapping[str, str]] = {
    Word.MAIL_GONE: "a mail that told of it is not in the outbox any more",
    Word.LEFT_LYING: "it was due more than three minutes ago, and nobody took it up",
    Word.LEASE_OVER: "whoever took it up never came back, and nobody took it up again",
    Word.NOT_PASSED_ON: "it did not reach the person, and nobody else was told",
    Word.NO_REASON: "it was not sent, and nothing says why",
    Word.NOBODY_TOLD: "nobody was told of it",
    Word.OVERDUE: "the step came due more than three minutes ago, and nobody was told",
    Word.MISSED: "the step came due, the clock ran on for more than three minutes, and nobody was told",
    Word.ASLEEP: "nobody will look at the clock when its next step comes due",
    Word.NOT_LOOKED_AT: "nobody looked at the clock, though that was due more than three minutes ago",
    Word.NO_LADDER: "the duty runs, and no step of a ladder belongs to it",
    Word.ORPHAN: "files that no row knows lie there, though the worker takes them away after a day",
}
