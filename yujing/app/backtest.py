"""The back-test: `yujing backtest`."""

from pathlib import Path

from models.backtest import Backtest
from models.backtest import backtest as judge
from models.report import to_html
from yujing.app.evaluation import oracle_of
from yujing.app.learning import School
from yujing.app.output import DONE, FAILED, Fields, Output
from yujing.clock import SystemClock
from yujing.settings import SHANGHAI, Settings


def backtest(
    school: School,
    settings: Settings,
    output: Output,
    *,
    html: Path | None,
    truth: Path | None = None,
) -> int:
    """Judge the models and the baselines on the past, and show a result for each of them.

    With the truth of a simulated county the best possible ranking is judged beside them.
    """
    steps = 0

    def heard(sentence: str) -> None:
        nonlocal steps
        steps += 1
        output.progress(f"backtest: {sentence}", steps, None)

    tests = judge(
        school.history(), as_of=school.today, policy=school.policy, seed=settings.seed,
        progress=heard, oracle=None if truth is None else oracle_of(truth, settings.key_path),
    )  # fmt: skip
    if not tests:
        output.message("the history is too short for a back-test")
        return FAILED
    for test in tests.values():
        for name, judged in test.ranked.items():
            output.result(_result(test, name, judged.figures()))
    if html is not None:
        made_at = SystemClock().now().astimezone(SHANGHAI)
        html.write_text(to_html(tests, made_at=made_at), encoding="utf8")
        output.message(f"the report is in {html}")
    return DONE


def _result(test: Backtest, name: str, figures: Fields) -> Fields:
    return {
        "kind": test.kind,
        "contestant": name,
        "base_rate": test.base_rate,
        "n": test.n,
        "n_positive": test.n_positive,
        "origins": [day.isoformat() for day in test.origins],
        **figures,
    }
