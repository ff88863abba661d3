"""A checkpoint: the state on disk, so that a start need not fold the whole log.

The fact index, most of it, is mapped and not read: a service that takes little in touches little.
"""

import hashlib
import json
import os
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from streams.state import layout
from streams.state.state import State

MANIFEST = "manifest.json"
INDEX = "index"


@dataclass(frozen=True)
class Covers:
    """What a checkpoint of a share of the state covers.

    Attributes
    ----------
    lanes
        Highest position of each lane of the log.
    notices
        Number of the last note that was followed, by partition.
    last_known_at
        When the latest fact in it was known, seconds since 1970.
    """

    lanes: dict[int, int] = field(default_factory=dict)
    notices: dict[int, int] = field(default_factory=dict)
    last_known_at: int = 0


def save(state: State, directory: Path, position: int, covers: Covers | None = None) -> None:
    """Write a checkpoint; the former one stays valid until the new one is whole.

    Parameters
    ----------
    state
        Settled state.
    directory
        Made if missing.
    position
        Every row of the log up to this position is in the state.
    covers
        What a share of the state covers instead.

    Raises
    ------
    ValueError
        If something waits to be folded anew.
    OSError
        If the disk is full; the former checkpoint stands.
    """
    if not state.settled:
        raise ValueError("a state with unsettled changes cannot be a checkpoint")
    directory.mkdir(parents=True, exist_ok=True)
    arrays = state.arrays()
    index = arrays.pop(INDEX)
    names = {"state": f"state-{position}.npz", INDEX: f"{INDEX}-{position}.npy"}
    rest, whole = directory / names["state"], directory / names[INDEX]
    _write(rest, lambda file: np.savez(file, allow_pickle=False, **arrays))
    _write(whole, lambda file: np.save(file, index, allow_pickle=False))
    manifest = {
        "files": {kind: [name, _sha256(directory / name)] for kind, name in names.items()},
        "position": position,
        "base_month": state.base_month,
        "layout": _layout_id(),
        "covers": asdict(covers or Covers()),
    }
    text = json.dumps(manifest, indent=1).encode()
    _write(directory / MANIFEST, lambda file: file.write(text))
    for path in directory.glob("*.np[yz]"):
        if path.name not in names.values():
            path.unlink()


def load(directory: Path) -> tuple[State, int] | None:
    """Read the checkpoint.

    Returns
    -------
    State and the position that it covers; None when there is none, or when it is damaged or of
    another layout: then the state is built from the log.
    """
    try:
        manifest = json.loads((directory / MANIFEST).read_text(encoding="utf8"))
        if manifest["layout"] != _layout_id():
            return None
        paths = {kind: directory / name for kind, (name, _) in manifest["files"].items()}
        right = {kind: sha256 for kind, (_, sha256) in manifest["files"].items()}
        with ThreadPoolExecutor(1) as pool:  # hashing lets go of the interpreter
            of_index = pool.submit(_sha256, paths[INDEX])
            if _sha256(paths["state"]) != right["state"]:
                return None
            with np.load(paths["state"], allow_pickle=False) as arrays:
                held = dict(arrays)
            if of_index.result() != right[INDEX]:
                return None
        # private: what is entered into the index stays in memory
        mapped = np.load(paths[INDEX], mmap_mode="c", allow_pickle=False)
        held[INDEX] = mapped.view(np.ndarray)
        return State.of(int(manifest["base_month"]), held), int(manifest["position"])
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        return None


def covers(directory: Path) -> Covers:
    """Return what the checkpoint covers; the caller has loaded it.

    Raises
    ------
    OSError
        If it is gone.
    """
    said = json.loads((directory / MANIFEST).read_text(encoding="utf8"))["covers"]
    lanes, notices = (
        {int(name): value for name, value in said[key].items()} for key in ("lanes", "notices")
    )
    return Covers(lanes, notices, said["last_known_at"])


def _layout_id() -> str:
    layouts = (layout.MEMBER, layout.HOUSEHOLD_ROW, layout.AREA_ROW)
    return hashlib.sha256(repr([one.descr for one in layouts]).encode()).hexdigest()[:16]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write(path: Path, write: Any) -> None:
    """Write a file whole or not at all."""
    partial = path.with_name(path.name + ".partial")
    try:
        with partial.open("wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
