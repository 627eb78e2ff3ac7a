"""Asset-Forge turns a prompt into a game asset and shows its operators everything that happened."""

__version__ = "0.1.0"
