"""The public key of a sign-in provider, as its dashboard shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey


def parse_verification_key(pem: str) -> EllipticCurvePublicKey:
    r"""Read a public key for ES256 in PEM; line ends may be written as `\n`.

    Raises:
        ValueError: It is none, or not one on the curve P-256.
    """
    # Slow to import, and needed only where a key is configured.
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(pem.replace("\\n", "\n").encode())
    except ValueError:
        key = None
    if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256R1):
        raise ValueError("must be a public key on the curve P-256, as PEM (BEGIN PUBLIC KEY)")
    return key
