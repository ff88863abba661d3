"""What Grafana adds, orders or numbers anew is no difference; what we say and it lacks is one."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dashboards.grafana.difference import differences

VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(1, 9) | st.text("ab", min_size=1, max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("klm"), inner, max_size=3)
    ),
    max_leaves=12,
)
DOCUMENTS = st.dictionaries(st.sampled_from("pqrs"), VALUES, max_size=4)


def given_back(value: Any) -> Any:
    """Return a value as Grafana gives it back: keys ordered anew, defaults added."""
    if isinstance(value, dict):
        turned = {key: given_back(value[key]) for key in sorted(value, reverse=True)}
        return {"zz_default": 0, **turned}
    return [given_back(one) for one in value] if isinstance(value, list) else value


@given(DOCUMENTS)
def test_what_is_given_back_is_the_same(wanted: dict[str, Any]) -> None:
    found = {**given_back(wanted), "id": 7, "version": 3, "schemaVersion": 99}

    assert differences({**wanted, "schemaVersion": 1}, found) == []


@given(DOCUMENTS, st.sampled_from("pqrs"), st.text("xyz", min_size=1))
def test_another_value_is_a_difference(wanted: dict[str, Any], key: str, other: str) -> None:
    found = {**given_back(wanted), key: other}

    assert bool(differences(wanted, found)) == (key in wanted)


def test_what_is_said_names_the_place() -> None:
    wanted = {"a": [{"b": 1}, {"b": 2}], "c": [1], "d": "x", "e": False}

    assert differences(wanted, {"a": [{"b": 1}, {"b": 3}], "c": [1, 2]}) == [
        "a[1].b: 3, wanted 2", "c: has 2, wanted 1", "d: missing, wanted 'x'"
    ]  # fmt: skip
