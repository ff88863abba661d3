"""Run every benchmark, each in a process of its own: `make bench`."""

import subprocess
import sys

BENCHMARKS = ("door", "fold", "sweep", "simulator", "county", "sheets", "comparisons", "stream")


def main() -> int:
    """Return 0 when every benchmark ran."""
    statuses = [
        subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode
        for name in BENCHMARKS
    ]
    return max(statuses)


if __name__ == "__main__":
    sys.exit(main())
