"""Training both models: `yujing train`."""

from datetime import date

from models.training import train as learn
from yujing.app.learning import School
from yujing.app.output import DONE, Output
from yujing.errors import UsageError
from yujing.settings import Settings


def train(
    school: School, settings: Settings, output: Output, *, as_of: date | None, promote: bool
) -> int:
    """Train both models on what was known before a day, keep them and show them.

    Raises
    ------
    UsageError
        If the day lies in the future.
    ReferenceDataError
        If the income line of a year that labels need is missing.
    """
    if as_of is not None and as_of > school.today:
        raise UsageError(f"{as_of} lies in the future; today is {school.today}")
    steps = 0

    def heard(sentence: str) -> None:
        nonlocal steps
        steps += 1
        output.progress(f"train: {sentence}", steps, None)

    pair = learn(
        school.history(), as_of=as_of or school.today, policy=school.policy, seed=settings.seed,
        progress=heard,
    )  # fmt: skip
    for result in school.accept(pair.cards, promote=promote):
        output.result(result)
    return DONE
