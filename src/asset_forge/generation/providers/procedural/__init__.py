"""Assets made by rules, offline: the same request gives the same bytes."""
