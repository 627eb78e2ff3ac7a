"""The program `asset-forge`, one module per command."""
