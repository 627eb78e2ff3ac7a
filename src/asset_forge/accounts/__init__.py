"""Users, sessions and the ways to sign in."""

from __future__ import annotations

from asset_forge.accounts._limits import LoginLimits
from asset_forge.accounts._passwords import PasswordHasher
from asset_forge.accounts._principal import Principal, Role
from asset_forge.accounts._privy import TOKEN_LIMIT, PrivySignIn
from asset_forge.accounts._records import SignedIn, UserRecord
from asset_forge.accounts._service import AccountService
from asset_forge.accounts._sign_in import (
    Credentials,
    LocalSignIn,
    SignInProvider,
    SignInRefused,
)
from asset_forge.accounts._signing_keys import FixedKey, PublishedKeys, SigningKeys

__all__ = [
    "TOKEN_LIMIT",
    "AccountService",
    "Credentials",
    "FixedKey",
    "LocalSignIn",
    "LoginLimits",
    "PasswordHasher",
    "Principal",
    "PrivySignIn",
    "PublishedKeys",
    "Role",
    "SignInProvider",
    "SignInRefused",
    "SignedIn",
    "SigningKeys",
    "UserRecord",
]
