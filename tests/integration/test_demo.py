"""The demo, small: the whole way once, and at once the second time."""

import os
import stat
from pathlib import Path

import msgspec
import pytest

from tests.support.running_county import settings_for
from yujing.app.county import County
from yujing.app.demo import LOGINS, DemoOrder, demo
from yujing.app.explain import explain
from yujing.app.output import Silence
from yujing.app.policy import missing
from yujing.domain.codes import Outcome
from yujing.errors import UsageError

pytestmark = pytest.mark.integration

ORDER = DemoOrder(households=80, months=30, seed=2)


class Heard(Silence):
    """Keeps messages."""

    def __init__(self) -> None:
        self.words: list[str] = []

    def message(self, text: str) -> None:
        self.words.append(text)


def test_the_demo_goes_the_whole_way_and_starts_at_once_from_what_it_left(tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "county", simulated=tmp_path / "simulated")
    first, second = Heard(), Heard()

    assert demo(settings, ORDER, first, serving=False) == 0
    files = {path: path.stat().st_mtime_ns for path in settings.simulated.rglob("*.ndjson")}
    assert demo(settings, ORDER, second, serving=False) == 0

    assert second.words == first.words
    assert files == {p: p.stat().st_mtime_ns for p in settings.simulated.rglob("*.ndjson")}
    logins = msgspec.json.decode((settings.data / LOGINS).read_bytes())
    assert {login["role"] for login in logins} >= {"worker", "supervisor", "leader"}
    assert all(set(login) == {"role", "username", "password", "scope"} for login in logins)
    assert stat.S_IMODE(os.stat(settings.data / LOGINS).st_mode) == 0o600
    with County.open(settings) as county:
        cards = county.desk.live_cards()
        by_village: dict[int, int] = {}
        for card in cards:
            by_village[card.region] = by_village.get(card.region, 0) + 1
        outcomes = county.desk.outcomes()
        deals = {line[:40] for line in county.desk.canonical_deals()}
        accounts = county.access.accounts.list()
        found = explain(county, cards[0].household, county.today())

        assert cards
        assert max(by_village.values()) <= 15
        assert {Outcome.CONFIRMED, Outcome.NO_CONTACT} & {
            Outcome(outcome.outcome) for outcome in outcomes
        }
        assert len(deals) > 20
        assert all(account.must_change for account in accounts)
        assert county.desk.last_deal_day() == county.today()
        assert len({promotion.id for promotion in county.registry.promotions()}) >= 2
        assert found["cards"]
        assert found["facts"]
        assert missing(county) == [] or county.today().year > 2026


def test_a_demo_does_not_touch_what_is_not_its_own(tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "county", simulated=tmp_path / "simulated")
    with County.open(settings) as county:
        assert county.access.accounts.list() == []

    with pytest.raises(UsageError, match="no demo"):
        demo(settings, ORDER, Silence(), serving=False)


@pytest.mark.soak
def test_a_demo_that_was_broken_off_begins_anew(tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "county", simulated=tmp_path / "simulated")

    class Stopped(Silence):
        def progress(self, task: str, done: int, total: int | None) -> None:
            if task.startswith("train"):
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        demo(settings, ORDER, Stopped(), serving=False)
    assert demo(settings, ORDER, Silence(), serving=False) == 0
    with pytest.raises(UsageError, match="another"):
        demo(settings, DemoOrder(90, 30, 2), Silence(), serving=False)
