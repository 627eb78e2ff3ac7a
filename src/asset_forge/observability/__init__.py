"""Metrics, health, errors, logs and traces for any ASGI application."""
