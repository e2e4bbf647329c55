"""Posted text to posts and steps."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from incidentdesk.escalation.forms import (
    HELD,
    MailSearch,
    number_of,
    read_ladder,
    read_mail_search,
    read_posts,
    unit_of,
)
from incidentdesk.escalation.ladder import Rung
from incidentdesk.rules.escalation import DEFAULT_LADDERS, Post
from incidentdesk.tables import MailState

RUNGS = [Rung(str(duty), step) for duty, steps in DEFAULT_LADDERS.items() for step in steps]
TYPED = {rung.field: [str(number_of(rung.step))] for rung in RUNGS if unit_of(rung.step)}


def test_only_people_who_work_here_get_on_a_post_and_each_once() -> None:
    one, other = uuid4(), uuid4()
    form = {"on_call": [str(one), str(one), "x", str(uuid4())], "dpo": [str(other), str(one)]}
    read = read_posts(form, [one, other], {})
    assert (read.holders, read.errors) == ({Post.ON_CALL: (one,), Post.BACK_UP: (), Post.DPO: (other, one)}, {})
    assert set(read.holders) == set(HELD)


def test_nobody_on_call_is_refused() -> None:
    nights, empty = UUID(int=7), UUID(int=8)
    filling = read_posts({"on_call": [f"rota:{nights}", "rota:x"]}, [], {nights: True, empty: False})
    assert (filling.rotas[Post.ON_CALL], filling.errors) == ((nights,), {})
    assert read_posts({"on_call": [f"rota:{empty}"]}, [], {empty: False}).errors == {"on_call": "nobody_on_call"}
    assert read_posts({}, [], {}).errors == {"on_call": "nobody_on_call"}


def test_what_stands_there_reads_back_the_same() -> None:
    read = read_ladder(TYPED, RUNGS)
    assert read.errors == {}
    assert read.steps == {rung.field: rung.step for rung in RUNGS}
    assert TYPED["gdpr_33_1_sa.left_48h"] == ["48"]
    assert TYPED["decision.not_taken_2"] == ["30"]
    assert "gdpr_33_1_sa.deadline" not in TYPED


def test_each_step_moves_in_its_own_direction() -> None:
    numbers = {"decision.not_taken_1": ["5"], "gdpr_33_1_sa.left_48h": ["60"], "gdpr_33_1_sa.late": ["2"]}
    steps = read_ladder({**TYPED, **numbers}, RUNGS).steps
    assert steps["decision.not_taken_1"].after == timedelta(minutes=5)
    assert steps["gdpr_33_1_sa.left_48h"].after == -timedelta(hours=60)
    assert steps["gdpr_33_1_sa.late"].after == steps["gdpr_33_1_sa.late"].repeat_every == timedelta(hours=2)


@pytest.mark.parametrize("text", ["", "0", "-1", "1.5", "٣", "10081", "9" * 30, "soon"])
def test_what_is_no_number_in_range_is_refused_and_kept(text: str) -> None:
    read = read_ladder({**TYPED, "decision.not_taken_2": [text]}, RUNGS)
    assert read.errors == {"decision.not_taken_2": "number_needed"}
    assert read.typed["decision.not_taken_2"] == text[:10]


def test_a_field_that_is_missing_is_refused() -> None:
    form = {name: value for name, value in TYPED.items() if name != "decision.not_taken_1"}
    assert read_ladder(form, RUNGS).errors == {"decision.not_taken_1": "number_needed"}


def test_steps_keep_their_order() -> None:
    read = read_ladder({**TYPED, "decision.not_taken_2": ["15"], "gdpr_33_1_sa.left_24h": ["49"]}, RUNGS)
    assert read.errors == {"decision.not_taken_2": "out_of_order", "gdpr_33_1_sa.left_24h": "out_of_order"}


def test_steps_of_different_kinds_have_no_order() -> None:
    former = RUNGS[0]
    mixed = [former, Rung(former.duty, replace(RUNGS[3].step, key="x"))]
    assert read_ladder({former.field: ["500"], f"{former.duty}.x": ["48"]}, mixed).errors == {}


def test_a_search_leaves_out_what_makes_no_sense() -> None:
    before = uuid4()
    assert read_mail_search({"state": ["dead"], "before": [str(before)]}) == MailSearch(MailState.DEAD, before)
    assert read_mail_search({"state": ["x"], "before": ["y"]}) == MailSearch() == read_mail_search({})
