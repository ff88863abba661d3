"""Templates: one environment for all rooms, with the words of yujing.web.words as filters."""

import hashlib
from datetime import date
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from jinja2 import Environment, FileSystemLoader, PrefixLoader, StrictUndefined

from yujing.web import words

STATIC = "/static"
STYLES = ("vendor/pico-2.1.1.classless.min.css", "yujing.css")
SCRIPTS = ("vendor/htmx-2.0.10.min.js",)


def static_root() -> Traversable:
    """Return the folder of style sheets and scripts."""
    return files("yujing.web") / "static"


@cache
def static_url(name: str) -> str:
    """Return the address of a static file; it changes with the content, so browsers may keep it."""
    content = static_root().joinpath(name).read_bytes()
    return f"{STATIC}/{name}?v={hashlib.sha256(content).hexdigest()[:12]}"


def environment(**folders: str) -> Environment:
    """Return the template environment.

    Parameters
    ----------
    folders
        Prefix -> package whose `templates` folder it names; `web` is always there.
    """
    packages = {"web": "yujing.web", **folders}
    loaders = {
        prefix: FileSystemLoader(str(files(package) / "templates"))
        for prefix, package in packages.items()
    }
    made = Environment(
        loader=PrefixLoader(loaders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        clock=words.clock_time,
        masked=words.masked,
        yuan=words.yuan,
        about=words.about,
        weekday=words.weekday,
        count=words.count,
        moment=words.moment,
        day=_day,
    )
    made.globals["static_url"] = static_url
    made.globals["styles"] = STYLES
    made.globals["scripts"] = SCRIPTS
    return made


def _day(value: date | None, now: date) -> str:
    return "日期不详" if value is None else words.day(value, now=now)
