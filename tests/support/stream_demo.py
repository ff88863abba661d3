"""`make demo-stream`: the demo of the stream, with a stand-in where no ClickHouse server is named.

No ClickHouse server can be had on every machine; the tests' HTTP front on the engine in a process
is enough for a demo.
"""

import os
import signal
import subprocess
import sys
from contextlib import ExitStack

from tests.support.clickhouse_front import a_clickhouse_front


def main(arguments: list[str]) -> int:
    """Run the demo and return its status; Ctrl-C is for it, then this ends."""
    with ExitStack() as stack:
        variables = dict(os.environ)
        if not variables.get("YUJING_CLICKHOUSE"):
            print("ClickHouse: a stand-in for demo and tests; YUJING_CLICKHOUSE names a server")
            variables["YUJING_CLICKHOUSE"] = stack.enter_context(a_clickhouse_front()).url()
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        demo = subprocess.Popen(
            [sys.executable, "-m", "yujing.cli", "demo-stream", *arguments], env=variables
        )
        signal.signal(signal.SIGTERM, lambda *_: demo.terminate())
        return demo.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
