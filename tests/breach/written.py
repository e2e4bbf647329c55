"""Everything that can be written about an incident's duties, through the pages."""

from collections.abc import Callable

from tests import people
from tests.people import Seat


async def owe(seat: Seat, base: str, write: Callable[[], str], told: dict[str, str]) -> None:
    """Add a customer, name it, write to it, record that it was told, and say that it was not theirs; `told` is when."""
    word = write()
    card = {"name": write(), "email": f"{word}@{word}.example", "language": "en", "contract_hours": ""}
    assert (await seat.post("/desk/customers", **card)).status_code == 303
    customer = await _value(seat, f"{base}/duties", "customer")
    await _press(seat, base, "duties", "roles", party="processor", customer=customer, role_reason=write())
    clock = await _value(seat, f"{base}/customer-notices", "clock")
    await _press(seat, base, "customer-notices", "customer-notices", clock=clock, body_en=write(), intent="sign")
    place = f"duties/{clock}"
    await _press(seat, base, place, f"{place}/telling", way="phone", whom=write(), proof=write(), **told)
    page = (await seat.get(f"{base}/duties")).text
    role = page.split(f'action="{base}/roles/')[1].split('"')[0]
    await _press(seat, base, "duties", f"roles/{role}", ending_reason=write())


async def _value(seat: Seat, page: str, name: str) -> str:
    return (await seat.get(page)).text.split(f'name="{name}" value="')[1].split('"')[0]


async def _press(seat: Seat, base: str, page: str, noun: str, **fields: str) -> None:
    seen = people.hidden_fields((await seat.get(f"{base}/{page}")).text)["seen_revision"]
    answer = await seat.post(f"{base}/{noun}", seen_revision=seen, **fields)
    assert answer.status_code == 303, (noun, answer.text)
