"""The stored form: read back it scores the same, and a person can read it."""

from datetime import date

import msgspec
import numpy as np
import pytest

from models.card import Scorecard, Window, cell_zh, from_classifier, from_json, to_json
from models.expert import expert_card
from models.features.declared import features_of
from models.features.tables import FeatureTable
from models.scorecard import ScorecardClassifier
from yujing.errors import ModelError

AS_OF = date(2026, 6, 1)


def fitted(round_to: float | None = None) -> tuple[ScorecardClassifier, Scorecard, FeatureTable]:
    names = tuple(feature.name for feature in features_of("member"))[:6]
    rng = np.random.default_rng(0)
    X = rng.normal(size=(1500, 6)).astype(np.float32)
    X[rng.random(X.shape) < 0.1] = np.nan
    y = rng.random(1500) < 1 / (1 + np.exp(1 - np.nan_to_num(X[:, 0])))
    model = ScorecardClassifier(few_trees=30, n_trees=30, round_to=round_to).fit(X, y)
    card = from_classifier(
        model, kind="u90", names=names, window=Window(AS_OF.isoformat()), hashes={"facts": "1:0"},
        versions={"python": "3"}, metrics={"rows": 1500},
    )
    return model, card, FeatureTable(names, X, np.arange(1500))


@pytest.mark.parametrize("round_to", [None, 0.01])
def test_a_card_read_back_gives_the_score_of_its_classifier_bit_for_bit(
    round_to: float | None,
) -> None:
    model, card, table = fitted(round_to)

    again = from_json(to_json(card))

    assert np.array_equal(again.logit(table), model.decision_function(table.X))
    assert np.array_equal(again.probability(table), model.predict_proba(table.X)[:, 1])
    assert again.id == card.id


def test_contributions_add_up_and_reasons_list_them_largest_first() -> None:
    _, card, table = fitted()

    parts = card.contributions(table)
    reasons = card.reasons(table, 3)

    assert np.array_equal(parts.sum(axis=1) + card.table.intercept, card.logit(table))
    assert [reason.points for reason in reasons] == sorted(parts[3], reverse=True)
    assert all(reason.zh and reason.cell_zh for reason in reasons)
    assert len(card.reasons(table, 3, 2)) == 2


def test_features_are_found_by_name_whatever_their_order() -> None:
    _, card, table = fitted()
    turned = FeatureTable(table.names[::-1], table.X[:, ::-1], table.rows)

    assert np.array_equal(card.logit(turned), card.logit(table))
    with pytest.raises(ModelError, match="age_years"):
        card.logit(FeatureTable(table.names[1:], table.X[:, 1:], table.rows))


def test_the_id_is_that_of_the_table() -> None:
    _, card, table = fitted()

    assert card.with_metrics({"ap": 0.1}).id == card.id
    assert card.shifted(0.5).id != card.id
    assert np.allclose(card.shifted(0.5).logit(table), card.logit(table) + 0.5, atol=1e-12)
    assert card.shifted(0.5).calibration.level_shift == 0.5


@pytest.mark.parametrize("text", [
    b"{}", b"not json",
    to_json(expert_card("u90", as_of=AS_OF)).replace(b'"format": 1', b'"format": 7'),
    to_json(expert_card("u90", as_of=AS_OF)).replace(b"365", b"10", 1),
])
def test_what_is_no_card_is_refused(text: bytes) -> None:
    with pytest.raises(ModelError):
        from_json(text)


def test_cells_are_told_in_words() -> None:
    card = expert_card("u90", as_of=AS_OF)
    by_name = {feature.name: feature for feature in card.features}

    assert cell_zh(by_name["tenure_days"], 0) == "≤90"
    assert cell_zh(by_name["tenure_days"], 1) == "90~365"
    assert cell_zh(by_name["tenure_days"], 2) == ">365"
    assert cell_zh(by_name["tenure_days"], 3) == "入职时间未知"
    assert cell_zh(by_name["industry"], 2) == "电子制造"


@pytest.mark.parametrize("kind", ["u90", "p12"])
def test_each_line_of_an_expert_card_is_declared_and_says_where_it_comes_from(kind: str) -> None:
    card = expert_card(kind, as_of=AS_OF)   # type: ignore[arg-type]
    declared = {feature.name for feature in features_of("member" if kind == "u90" else "household")}

    assert {feature.name for feature in card.features} <= declared
    assert all(feature.source for feature in card.features)
    assert card.notes
    assert msgspec.json.decode(to_json(card))["method"] == "expert"
