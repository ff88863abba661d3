"""Every failure of Yujing by name; the name says what to do next.

YujingError
├── UsageError               wrong use of a command; nothing was done (exit status 2)
├── SettingsError            the configuration is wrong; all problems at once
├── InvalidEventError        never retried: the row is answered with its reason and kept replayable
├── UnreadableFileError      a file that cannot be read as a whole
│   └── SheetRefusedError    a sheet that can be read and may not be taken as it is
├── DependencyError          something outside the process failed; `permanent` says whether to retry
│   ├── StorageError         a store refused or is full
│   └── GrafanaError         Grafana refused, is away or is none; the message says what to do
├── DataHeldError            another process holds the data directory
├── FencedError              another worker owns the partitions since; drop what is in hand
├── StateMismatchError       memory and log differ after a rebuild
├── ReferenceDataError       a dated table has no row for this place and day
├── ModelError               training or loading a model failed
│   └── ModelNotFoundError
├── TransitionError          a card cannot go from here to there
└── AccessDeniedError        the role or the scope does not allow it
"""

from typing import Literal


class YujingError(Exception):
    """Base of all failures that Yujing names; the message is fit to be shown as it is."""


class UsageError(YujingError):
    """Wrong use of a command or an interface; nothing was done."""


class SettingsError(YujingError):
    """The configuration is wrong.

    Parameters
    ----------
    problems
        Every problem found, one sentence each.
    """

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class InvalidEventError(YujingError):
    """An event that can never be accepted as it is; it goes to the dead letters."""


class UnreadableFileError(YujingError):
    """A file that cannot be read as a whole; no row of it was taken.

    Parameters
    ----------
    message
        Why, in English, for the command line and the logs; without personal data.
    zh
        The same for the sender, one Chinese sentence that says what to do.
    """

    def __init__(self, message: str, zh: str = "") -> None:
        super().__init__(message)
        self.zh = zh or f"文件无法读取：{message}"


class SheetRefusedError(UnreadableFileError):
    """A sheet that can be read and may not be taken as it is; no row of it was taken.

    Parameters
    ----------
    zh
        Why and what to do, one Chinese sentence for the sender.
    en
        The same in English.
    question
        What its sender can answer so that it is taken.
    """

    def __init__(
        self, zh: str, en: str, *, question: Literal["", "month", "retractions"] = ""
    ) -> None:
        super().__init__(en, zh)
        self.question = question


class DependencyError(YujingError):
    """Something outside the process failed.

    Parameters
    ----------
    message
        What failed, without personal data.
    permanent
        True when trying again cannot help.
    """

    def __init__(self, message: str, *, permanent: bool = False) -> None:
        super().__init__(message)
        self.permanent = permanent


class StorageError(DependencyError):
    """A store refused, is full or is broken."""


class GrafanaError(DependencyError):
    """Grafana refused, does not answer, or what answers is no Grafana.

    Parameters
    ----------
    message
        What was asked and what to do.
    status
        Of the answer, 0 without one.
    permanent
        True when trying again cannot help.
    """

    def __init__(self, message: str, *, status: int = 0, permanent: bool = True) -> None:
        super().__init__(message, permanent=permanent)
        self.status = status


class DataHeldError(YujingError):
    """Another process holds the data directory."""


class FencedError(YujingError):
    """Another worker took over the partitions; nothing that this one has in hand may be written."""


class StateMismatchError(YujingError):
    """Memory and log differ where they must be equal."""


class ReferenceDataError(YujingError):
    """A dated table has no row for this place and day."""


class ModelError(YujingError):
    """Training, reading or applying a model failed."""


class ModelNotFoundError(ModelError):
    """No model of that id is in the registry."""


class TransitionError(YujingError):
    """A card cannot go from its present stage to the one asked for."""


class AccessDeniedError(YujingError):
    """The role or the scope of this account does not allow it."""
