"""The command line: one small file a command group, all of them listed in `yujing.cli.root`."""


def main(tokens: list[str] | None = None) -> None:
    """Run the command line and leave with its exit status.

    Parameters
    ----------
    tokens
        Arguments; those of the process when not given.
    """
    import sys

    tokens = sys.argv[1:] if tokens is None else tokens
    if tokens in ([], ["--help"], ["-h"]):
        from yujing.cli.commands import overview

        sys.stdout.write(overview())
        sys.exit(0)
    from cyclopts import CycloptsError

    from yujing.cli.root import root

    try:
        status = root()(
            tokens, exit_on_error=False, print_error=False, result_action="return_value"
        )
    except CycloptsError as error:
        sys.stderr.write(f"yujing: {' '.join(str(error).split())}\n")
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(status if isinstance(status, int) else 0)
