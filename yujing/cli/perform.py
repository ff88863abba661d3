"""How a command is carried out: by a running `serve` where there is one, else in this process.

Every failure ends here as one line on standard error and an exit status.
"""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from yujing.app.output import FAILED, WRONG_USAGE, Output
from yujing.app.requests import Request, perform
from yujing.cli.printing import Terminal
from yujing.errors import SettingsError, UsageError, YujingError

if TYPE_CHECKING:
    from yujing.settings import Settings

STOPPED = 130  # what a shell gives a command that Ctrl-C ended


def call(command: str, *, json: bool, **arguments: Any) -> int:
    """Carry out a request and return the exit status."""

    def asked(settings: "Settings", output: Output) -> int:
        return request(settings, command, arguments, output)

    return guarded(asked, json=json)


def request(settings: "Settings", command: str, arguments: dict[str, Any], output: Output) -> int:
    """Send one request to a running `serve`, or open the data and answer it here.

    Raises
    ------
    YujingError
        As the use case says.
    """
    from yujing.app.proxy import ask, connect

    asked = Request(command, arguments)
    connection = connect(settings.socket)
    if connection is not None:
        with connection:
            return ask(connection, asked, output)
    from yujing.app.county import County

    with County.open(settings, output) as county:
        return perform(county, asked, output)


def guarded(
    work: "Callable[[Settings, Output], int]",
    *,
    json: bool = False,
    load: "Callable[[], Settings] | None" = None,
) -> int:
    """Run `work` with the settings and a terminal, and turn what goes wrong into a status.

    Parameters
    ----------
    work
        Does the work and returns an exit status.
    json
        Whether results are JSON objects.
    load
        Reads the settings, where not all of them are for the caller to give.
    """
    from yujing.settings import load_settings
    from yujing.telemetry.logs import configure_logging, redact

    level = "warning"
    with Terminal(as_json=json) as terminal:
        try:
            settings = load() if load else load_settings()
            level = settings.log_level
            configure_logging(level, settings.log_format)
            return work(settings, terminal)
        except SettingsError as error:
            for problem in error.problems:
                terminal.message(f"yujing: settings: {problem}")
            return WRONG_USAGE
        except UsageError as error:
            terminal.message(f"yujing: {redact(str(error))}")
            return WRONG_USAGE
        except YujingError as error:
            terminal.message(f"yujing: {redact(str(error))}")
            return FAILED
        except KeyboardInterrupt:
            terminal.message("yujing: stopped; what was taken stays, run it again to go on")
            return STOPPED
        except BrokenPipeError:
            # whoever read our output went away; nothing more can be said to them
            sys.stdout = sys.stderr
            return FAILED
        except OSError as error:
            terminal.message(
                f"yujing: {error.strerror or error}: {redact(str(error.filename or ''))}"
            )
            return FAILED
        except Exception as error:
            terminal.message(
                f"yujing: {type(error).__name__}: {redact(str(error)).splitlines()[0:1]}"
            )
            _keep_trace(level, error)
            return FAILED


def _keep_trace(level: str, error: Exception) -> None:
    """Log the way to an error that nobody foresaw, where it was asked for."""
    if level == "debug":
        import structlog

        structlog.get_logger().debug("unforeseen_error", exc_info=error)
