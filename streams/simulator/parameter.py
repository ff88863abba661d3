"""The parameters of a simulated world, read from YAML files in which every number has a source.

`base.yaml` states all of them; another world is an overlay that may only change what base states.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt
import yaml

from yujing.errors import SettingsError

WORLDS = ("base", "pessimistic", "shifted")
TAGS = ("sourced", "own", "assume")
_LEAF = {"is", "tag", "ref"}


@dataclass(frozen=True)
class Parameter:
    """One number (or a short list of them) and where it comes from."""

    value: float | tuple[float, ...]
    tag: str
    ref: str


class Parameters(Mapping[str, Parameter]):
    """All parameters by dotted path.

    Parameters
    ----------
    values
        Path -> parameter.
    sources
        Short name -> what the public source is.
    """

    def __init__(self, values: Mapping[str, Parameter], sources: Mapping[str, str]) -> None:
        self._values = dict(values)
        self.sources = dict(sources)

    def __getitem__(self, path: str) -> Parameter:
        return self._values[path]

    def __iter__(self) -> Any:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def number(self, path: str) -> float:
        """Return the single number at `path`."""
        value = self._values[path].value
        if isinstance(value, tuple):
            raise SettingsError([f"{path} is a list, a number is needed"])
        return value

    def list(self, path: str) -> npt.NDArray[np.float64]:
        """Return the numbers at `path`."""
        return np.atleast_1d(np.array(self._values[path].value, dtype=np.float64))

    def overlaid(self, other: "Parameters") -> "Parameters":
        """Return these parameters with those of `other` over them.

        Raises
        ------
        SettingsError
            If `other` names a path that is not here.
        """
        unknown = [f"{path} is not in base.yaml" for path in other if path not in self]
        if unknown:
            raise SettingsError(unknown)
        return Parameters({**self._values, **other._values}, {**self.sources, **other.sources})


def load(world: str) -> Parameters:
    """Return the parameters of a world: base, pessimistic or shifted.

    Raises
    ------
    SettingsError
        If the world is unknown or a number lacks its tag or source.
    """
    if world not in WORLDS:
        raise SettingsError([f"no world {world!r}; there are {', '.join(WORLDS)}"])
    base = read(_text("base"))
    return base if world == "base" else base.overlaid(read(_text(world)))


def read(text: str) -> Parameters:
    """Return the parameters of one YAML text."""
    tree = yaml.safe_load(text) or {}
    sources = tree.pop("sources", {})
    values: dict[str, Parameter] = {}
    problems: list[str] = []
    _collect(tree, "", values, problems)
    if problems:
        raise SettingsError(problems)
    return Parameters(values, sources)


def _collect(
    tree: Mapping[str, Any], prefix: str, values: dict[str, Parameter], problems: list[str]
) -> None:
    """Add the leaves below `tree`; a leaf is a mapping with `is`."""
    for name, node in tree.items():
        path = f"{prefix}{name}"
        if not isinstance(node, dict):
            problems.append(f"{path}: a bare value has no source")
        elif "is" not in node:
            _collect(node, f"{path}.", values, problems)
        elif set(node) != _LEAF or node["tag"] not in TAGS or not node["ref"]:
            problems.append(f"{path}: needs is, tag ({', '.join(TAGS)}) and ref")
        else:
            value = node["is"]
            values[path] = Parameter(
                tuple(map(float, value)) if isinstance(value, list) else float(value),
                node["tag"],
                node["ref"],
            )


def _text(world: str) -> str:
    return files("streams.simulator").joinpath("parameters", f"{world}.yaml").read_text("utf-8")
