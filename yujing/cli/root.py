"""The command line as a whole, put together from the list of commands."""

from cyclopts import App

from yujing.cli.commands import ABOUT, COMMANDS


def root() -> App:
    """Return the whole command line."""
    app = App(name="yujing", help=ABOUT, help_formatter="plain", version=_version)
    for name, path, text in COMMANDS:
        app.command(path, name=name, help=text)
    return app


def _version() -> str:
    from importlib.metadata import version

    return version("yujing")
