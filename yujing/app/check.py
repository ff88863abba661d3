"""One thing that `yujing doctor` looked at, and what it found."""

from dataclasses import dataclass

OK, WARNING, BAD = "ok", "warning", "bad"


@dataclass(frozen=True)
class Check:
    """One thing that was looked at."""

    check: str
    state: str
    text: str
    mend: str = ""
