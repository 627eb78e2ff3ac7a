"""The entry of the program, light on purpose: each child process imports it once more."""

from __future__ import annotations


def main() -> None:
    """Run the program `asset-forge`."""
    from asset_forge.cli.main import main as run

    run()


if __name__ == "__main__":
    main()
