"""What the simulated vendors deliver: small, valid files that differ from prompt to prompt."""
