"""The one use of the hidden truth outside the simulator: what the best possible ranking reaches."""

from pathlib import Path

from streams.simulator.keyed_oracle import KeyedOracle
from streams.simulator.truth import Truth
from streams.vault.keys import load
from yujing.errors import UsageError


def oracle_of(folder: Path, key_file: Path) -> KeyedOracle:
    """Return the true chances of a simulated county by key.

    Parameters
    ----------
    folder
        The simulated county, or its folder `truth`.
    key_file
        The key of the vault into which its events were taken.

    Raises
    ------
    UsageError
        If there is no truth in the folder.
    """
    truth = folder / "truth" if (folder / "truth").is_dir() else folder
    try:
        return KeyedOracle(Truth.read(truth), load(key_file))
    except (OSError, KeyError, ValueError) as error:
        raise UsageError(f"{folder} holds no truth of a simulated county") from error
