"""Whose word is taken on where a request comes from."""


class TrustedProxies:
    """."""
