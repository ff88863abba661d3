"""The whole way from facts to cards, on a made-up history."""

from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser

import numpy as np
import pytest

from models.backtest import ORACLE, SCORECARD, Backtest, BacktestSettings, backtest
from models.card import from_json, to_json
from models.datasets import (
    Cohort,
    cohorts,
    in_fold,
    index_dates,
    monthly_dates,
    sample_of,
)
from models.features.snapshot import cutoff_s
from models.labels import Knowledge, label_date
from models.report import to_html
from models.scorecard import BOOSTED
from models.training import TrainedPair, TrainingSettings, train
from streams.fact import FactArray
from streams.state.state import State
from tests.unit.models.history import END, made_up_history
from tests.unit.models.synthetic import FlatPolicy
from yujing.errors import ReferenceDataError

POLICY = FlatPolicy()
SMALL = TrainingSettings(most_dates=6, level_dates=3)


@pytest.fixture(scope="module")
def history() -> FactArray:
    return made_up_history(800, 1)


@pytest.fixture(scope="module")
def pair(history: FactArray) -> TrainedPair:
    return train(history, as_of=END, policy=POLICY, seed=1, settings=SMALL)


@pytest.fixture(scope="module")
def tested(history: FactArray) -> dict[str, Backtest]:
    def oracle(kind: str, day: date, keys: np.ndarray) -> np.ndarray:
        return np.zeros(len(keys))

    settings = BacktestSettings(n_origins=1, n_folds=2, training=SMALL)
    return backtest(
        history, as_of=END, policy=POLICY, seed=1, settings=settings, oracle=oracle)


def test_both_cards_are_learned_and_kept_as_they_are(pair: TrainedPair) -> None:
    assert pair.u90.method == BOOSTED
    assert pair.u90.metrics["read_out_error"] < 1e-9
    assert pair.u90.metrics["mean_probability"] == pytest.approx(
        pair.u90.metrics["base_rate"], rel=0.1)
    assert pair.p12.kind == "p12"
    for card in pair.cards:
        assert from_json(to_json(card)) == card
        assert card.window.last_index <= END.isoformat()
        assert set(card.hashes) == {"facts", "features"}


def test_the_same_history_gives_the_same_cards(history: FactArray, pair: TrainedPair) -> None:
    mixed = history[np.random.default_rng(0).permutation(len(history))]

    again = train(mixed, as_of=END, policy=POLICY, seed=1, settings=SMALL)

    assert [card.id for card in again.cards] == [card.id for card in pair.cards]


def test_what_becomes_known_later_changes_no_card(history: FactArray) -> None:
    as_of = END - timedelta(days=200)
    known = history[history["known_at"] < cutoff_s(as_of)]

    whole = train(history, as_of=as_of, policy=POLICY, seed=1, settings=SMALL)
    before = train(known, as_of=as_of, policy=POLICY, seed=1, settings=SMALL)

    assert [card.id for card in whole.cards] == [card.id for card in before.cards]


@pytest.mark.parametrize("later_version", [False, True])
def test_no_feature_changes_when_facts_known_later_are_added(
    history: FactArray, later_version: bool
) -> None:
    day = date(2025, 6, 1)
    later = history[np.random.default_rng(2).integers(0, len(history), 500)].copy()
    later["known_at"] = cutoff_s(day) + np.arange(500)
    later["fact"] += np.uint64(0 if later_version else 10**9)
    later["version"] = 2
    later["wage_fen"], later["worked"] = 123, 1

    def seen(facts: FactArray) -> dict[str, Cohort]:
        return cohorts(Knowledge(facts), day, ("u90", "p12"), POLICY, State.build, known=day)

    before, after = seen(history), seen(np.concatenate([later, history]))

    for kind in before:
        one, other = np.argsort(before[kind].keys), np.argsort(after[kind].keys)
        np.testing.assert_array_equal(before[kind].keys[one], after[kind].keys[other])
        np.testing.assert_array_equal(before[kind].X[one], after[kind].X[other])
        assert before[kind].outcomes is None
        assert (before[kind].y == -1).all()


def test_a_short_history_gets_the_expert_cards(history: FactArray) -> None:
    few = history[history["known_at"] < cutoff_s(date(2023, 6, 1))]

    for facts in (few, history[:0]):
        cards = train(facts, as_of=date(2023, 6, 1), policy=POLICY, seed=1).cards
        assert [card.method for card in cards] == ["expert", "expert"]


def test_training_stops_at_a_missing_line(history: FactArray) -> None:
    with pytest.raises(ReferenceDataError, match="2025"):
        train(history, as_of=END, policy=FlatPolicy(years=range(2020, 2025)), seed=1)


def test_labels_are_settled_by_the_training_date(history: FactArray) -> None:
    for kind, horizon in (("u90", 90), ("p12", 365)):
        dates = index_dates(history, kind, END, warm_up_days=120, most=99)
        assert all(label_date(day, horizon) <= END for day in dates)
        assert len(dates) > 5
    assert monthly_dates(date(2025, 1, 2), date(2025, 1, 31)) == []


def test_negatives_left_out_are_in_the_weights_of_the_others(history: FactArray) -> None:
    made = [
        cohorts(Knowledge(history), day, ("u90",), POLICY, State.build, known=END)["u90"]
        for day in monthly_dates(date(2025, 1, 1), date(2025, 3, 1))
    ]
    sample = sample_of(made, negatives_a_positive=3, seed=1)
    y = np.concatenate([cohort.y for cohort in made])

    assert (sample.y == 1).sum() == (y == 1).sum()
    assert sample.weight[sample.y == 0].sum() == pytest.approx((y == 0).sum(), rel=0.1)
    assert (sample.y == 0).sum() < (y == 0).sum()


def test_households_are_split_evenly_and_whole() -> None:
    groups = np.random.default_rng(0).integers(0, 2**63, 3000).astype(np.uint64)
    folds = [in_fold(groups, fold, 3) for fold in range(3)]

    assert np.sum(folds, axis=0).tolist() == [1] * 3000
    assert min(fold.sum() for fold in folds) > 900


def test_the_card_beats_what_learns_nothing(tested: dict[str, Backtest]) -> None:
    ranked = tested["u90"].ranked

    assert ranked[SCORECARD].average_precision > 1.5 * tested["u90"].base_rate
    for name in ("prevalence", "must visit", "last month", ORACLE):
        assert ranked[SCORECARD].average_precision > ranked[name].average_precision
    assert 0.5 < tested["u90"].calibration["overall"] < 2
    assert "男" in tested["u90"].calibration["groups"]
    assert ranked[SCORECARD].precision.low <= ranked[SCORECARD].precision.value
    assert ranked[SCORECARD].lead_days >= 0
    assert ranked[SCORECARD].figures()["chosen"] > 0


def test_shuffled_labels_give_the_base_rate(history: FactArray) -> None:
    settings = BacktestSettings(n_origins=1, training=SMALL, shuffle=True)
    found = backtest(
        history, as_of=END, policy=POLICY, seed=3, settings=settings, kinds=("u90",))["u90"]

    assert found.ranked[SCORECARD].average_precision < 1.8 * found.base_rate
    assert found.ranked[SCORECARD].precision.low < found.base_rate


def test_a_history_too_short_has_no_back_test(history: FactArray) -> None:
    assert backtest(history[:0], as_of=END, policy=POLICY, seed=1) == {}
    page = to_html({}, made_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert "历史数据太短" in page


def test_the_page_stands_alone(tested: dict[str, Backtest], pair: TrainedPair) -> None:
    page = to_html(tested, made_at=datetime(2026, 1, 1, tzinfo=UTC), cards=pair.cards)
    tags: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            tags.append(tag)
            assert not {"src", "href"} & {name for name, _ in attrs}

    Reader().feed(page)

    assert tags.count("svg") >= 2
    assert "script" not in tags
    assert "计分卡（本系统）" in page
    assert pair.u90.id in page
