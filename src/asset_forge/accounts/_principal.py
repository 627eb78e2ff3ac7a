"""Who a request acts for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["member", "operator"]


@dataclass(frozen=True, slots=True)
class Principal:
    """A user, as far as a request needs to know.

    Attributes:
        user_id: The id of the user's row.
        role: Members see their own things, operators everybody's.
        display_name: What people call the user.
        subject: The login, or the user's id at the sign-in provider.
        provider: The sign-in provider, `local` for passwords.
        session: The SHA-256 of the session's token; None for the built-in operator.
    """

    user_id: str
    role: Role
    display_name: str
    subject: str
    provider: str
    session: str | None = None
