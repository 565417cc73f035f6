"""``python -m inference.vision.training train|evaluate drsn --data DIR``: the commands without Django."""

from __future__ import annotations

import argparse
import sys

from inference.vision.training import command


def main(arguments: list[str]) -> None:
    """Run the named command."""
    parser = argparse.ArgumentParser(prog="python -m inference.vision.training")
    commands = parser.add_subparsers(required=True)
    for name, run in (("train", command.train), ("evaluate", command.evaluate)):
        child = commands.add_parser(name)
        command.add_arguments(child)
        child.set_defaults(run=run)
    options = parser.parse_args(arguments)
    sys.stdout.write(f"{options.run(options)}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
