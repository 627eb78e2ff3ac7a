"""The providers that make assets, each behind the same interface."""
