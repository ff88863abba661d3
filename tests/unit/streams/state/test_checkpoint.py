from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given

from streams.fact import FactArray
from streams.state import checkpoint
from streams.state.state import DUPLICATE, State
from tests.support.fakes.fact_source import MemoryLog
from tests.support.state_histories import BASE_MONTH, histories, to_history


@given(history=histories())
def test_a_checkpoint_comes_back_bit_for_bit_and_goes_on(history: FactArray) -> None:
    half = len(history) // 2
    log = MemoryLog()
    log.append(history[:half])
    state = State.build(history[:half], BASE_MONTH)
    with TemporaryDirectory() as directory:
        checkpoint.save(state, Path(directory), 5)
        loaded = checkpoint.load(Path(directory))
    assert loaded is not None
    restored, position = loaded
    assert position == 5
    assert restored.digest() == state.digest()

    rest = history[half:]
    verdicts = restored.judge(rest, log)
    log.append(rest[verdicts != DUPLICATE])
    restored.absorb(rest, verdicts, log)

    assert restored.digest() == State.build(history, BASE_MONTH).digest()
    assert len(restored.compare(log.sums())) == 0


@pytest.mark.parametrize("damaged", ["state-*.npz", "index-*.npy"])
def test_a_damaged_checkpoint_is_passed_over(tmp_path: Path, damaged: str) -> None:
    assert checkpoint.load(tmp_path) is None
    checkpoint.save(State(BASE_MONTH), tmp_path, 1)
    assert checkpoint.load(tmp_path) is not None
    file = next(tmp_path.glob(damaged))
    file.write_bytes(file.read_bytes()[:-7])

    assert checkpoint.load(tmp_path) is None


def test_the_former_checkpoint_goes_when_the_new_one_is_whole(tmp_path: Path) -> None:
    checkpoint.save(State(BASE_MONTH), tmp_path, 1)
    checkpoint.save(State(BASE_MONTH), tmp_path, 2)

    loaded = checkpoint.load(tmp_path)

    assert loaded is not None
    assert loaded[1] == 2
    assert len(list(tmp_path.iterdir())) == 3


def test_what_is_entered_after_a_start_does_not_reach_the_checkpoint(tmp_path: Path) -> None:
    history = to_history([(1, 1, 9, 0, 1, False)])
    checkpoint.save(State.build(history, BASE_MONTH), tmp_path, 1)
    loaded, again = checkpoint.load(tmp_path), checkpoint.load(tmp_path)
    assert loaded is not None
    assert again is not None

    loaded[0].index.enter(to_history([(2, 1, 9, 0, 1, False)]))

    assert len(loaded[0].index) == 2
    assert len(again[0].index.entries()) == 1
    assert checkpoint.load(tmp_path) is not None


def test_a_state_with_work_left_is_no_checkpoint(tmp_path: Path) -> None:
    state, log = State(BASE_MONTH), MemoryLog()
    for version in (1, 2):
        batch = to_history([(1, version, 9, 0, 1, False)])
        verdicts = state.judge(batch, log)
        log.append(batch)
        state.absorb(batch, verdicts, log, defer=True)

    with pytest.raises(ValueError, match="unsettled"):
        checkpoint.save(state, tmp_path, 2)
