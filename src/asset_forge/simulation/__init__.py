"""Simulated providers and users, faults, and the stack that shows them: the demo and the drills."""
