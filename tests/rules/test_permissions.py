"""Every role with every permission."""

import pytest

from incidentdesk.rules.permissions import Permission, Role, allows

ALLOWED = {
    Role.READER: "read",
    Role.RESPONDER: "read take triage reveal mail",
    Role.DPO: "read take triage reveal mail legal restrict erase",
    Role.ADMINISTRATOR: "read take triage reveal mail legal restrict erase audit ladder people",
}


@pytest.mark.parametrize("role", Role)
def test_each_role_may_do_exactly_this(role: Role) -> None:
    assert {permission for permission in Permission if allows(role, permission)} == set(ALLOWED[role].split())
