"""Metrics, health, errors, logs and traces for any ASGI application; imports nothing of the service."""
