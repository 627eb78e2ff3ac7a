"""Sign-in with Privy: its access tokens, verified here.

Such a token is a JSON Web Token signed with ES256, whose issuer is `privy.io`, whose audience is
the app's id and whose subject is the user's DID (docs.privy.io, "Access tokens").
"""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any, Final
from urllib.parse import quote

from asset_forge.accounts._sign_in import Credentials, SignInRefused, is_login
from asset_forge.accounts._signing_keys import (
    ALGORITHM,
    FixedKey,
    PublishedKeys,
    SigningKeys,
    UnknownKey,
)
from asset_forge.clock import Clock
from asset_forge.verification_key import parse_verification_key

ISSUER: Final = "privy.io"
TOKEN_LIMIT: Final = 8192
"""Characters of a token; real ones have some 600."""

SKEW: Final = timedelta(seconds=30)
"""How far the provider's clock and ours may be apart."""


class PrivySignIn:
    """Logins with an access token of one Privy app; whoever has one has an account here."""

    name = "privy"
    creates_members = True

    @classmethod
    def of(
        cls, app_id: str, *, verification_key: str = "", jwks_url: str = "", clock: Clock
    ) -> PrivySignIn:
        """Verify with one key in PEM where it is given, and else with those that Privy lists."""
        if verification_key:
            return cls(app_id, FixedKey(parse_verification_key(verification_key)), clock=clock)
        url = jwks_url or f"https://auth.privy.io/api/v1/apps/{quote(app_id, safe='')}/jwks.json"
        return cls(app_id, PublishedKeys(url), clock=clock)

    def __init__(self, app_id: str, keys: SigningKeys, *, clock: Clock) -> None:
        self._app_id = app_id
        self._keys = keys
        self._clock = clock

    async def verify(self, credentials: Credentials) -> str:
        """Return the DID of the user that the token was issued to.

        Raises:
            SignInRefused: The token was not issued by Privy for this app, or is not valid now.
            Unavailable: The key that it was signed with cannot be found out.
        """
        import jwt  # with cryptography: a twentieth of the start of those who never need it

        token = credentials.secret
        if len(token) > TOKEN_LIMIT or not token.isascii():
            raise _invalid("it is too long for one, or has letters that none has")
        try:
            header = jwt.get_unverified_header(token)
            if header.get("alg") != ALGORITHM:
                raise _invalid(f"it is not signed with {ALGORITHM}")
            key_id = header.get("kid")
            key = await self._keys.find(key_id if isinstance(key_id, str) else None)
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                issuer=ISSUER,
                audience=self._app_id,
                options={
                    "require": ["iss", "aud", "sub", "iat", "exp"],
                    "strict_aud": True,
                    # Times are compared with our clock, below.
                    "verify_exp": False,
                    "verify_iat": False,
                    "verify_nbf": False,
                },
            )
        except UnknownKey:
            raise _invalid("it is signed with a key that Privy does not list") from None
        except jwt.InvalidAudienceError:
            raise _invalid("it was issued for another app") from None
        except jwt.PyJWTError:
            raise _invalid("its signature or its claims are wrong") from None
        self._check_times(claims)
        subject = claims["sub"]
        if not is_login(subject):
            raise _invalid("its subject cannot be a user")
        return subject

    def _check_times(self, claims: dict[str, Any]) -> None:
        now = self._clock().timestamp()
        skew = SKEW.total_seconds()
        times = [claims[name] for name in ("iat", "nbf", "exp") if name in claims]
        if not all(_is_time(time) for time in times):
            raise _invalid("its times are no numbers")
        if any(time > now + skew for time in times[:-1]):
            raise _invalid("it is not valid yet: compare the clocks")
        if claims["exp"] <= now - skew:
            raise SignInRefused("expired_token", "the token has expired: get a new one from Privy")


def _is_time(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _invalid(reason: str) -> SignInRefused:
    return SignInRefused("invalid_token", f"the token proves nobody: {reason}")
