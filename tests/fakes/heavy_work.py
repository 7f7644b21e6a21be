"""Work for a process of its own: `python -m tests.fakes.heavy_work STEPS`."""

import os
import sys
import time

from qifu.models import child


def main(steps: int) -> int:
    """Takes its steps; without any it fails."""
    child.begin()
    if steps == 0:
        sys.stderr.write("there is nothing to do\n")
        return 1
    sys.stdout.write(f"nice {os.nice(0)}\n")
    for step in range(steps):
        child.tell(step + 1, steps)
        time.sleep(0.01)
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
