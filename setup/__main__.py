"""Run the set-up: `python3 -m setup`, with `--chromium` also the browser that the browser tests drive."""

import os
import shutil
import sys

LEAST = (3, 11)
CANDIDATES = ("python3.13", "python3.12", "python3.11")


def use_new_enough_python() -> None:
    """Go on under another interpreter of this machine when this one is too old."""
    if sys.version_info >= LEAST:
        return
    for name in CANDIDATES:
        path = shutil.which(name)
        if path:
            os.execv(path, [path, "-m", "setup", *sys.argv[1:]])  # noqa: S606 - the same program, a newer Python
    sys.exit("Lectern needs Python 3.11 or newer; this is %d.%d." % sys.version_info[:2])  # noqa: UP031


if __name__ == "__main__":
    use_new_enough_python()
    from setup.steps import main

    sys.exit(main(sys.argv[1:]))
