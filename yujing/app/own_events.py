"""Events of our own, through the door like those of any source, in both shapes."""

from collections.abc import Sequence

from streams.door.grant import Grant
from streams.pipeline import NO_KEYS, Keys
from yujing.app.county import County
from yujing.app.intake import Intake, finish
from yujing.domain.codes import Source


def own_grant(*kinds: int) -> Grant:
    """Return the right to send these event types in our own name."""
    return Grant(Source.YUJING, frozenset(kinds))


def say(county: County, lines: Sequence[bytes], grant: Grant, origin: str) -> Keys:
    """Take events of our own into the log, or send them to Kafka; again changes nothing.

    Parameters
    ----------
    lines
        Events as JSON.
    grant
        From `own_grant`.
    origin
        Where their dead letters came from, if ever.

    Returns
    -------
    The keys that were touched in the state of this process; none where workers look after them.
    """
    if county.settings.distributed:
        from yujing.app.stream_door import Sending  # a use case of the shape with servers

        Sending(county, county.stream_door, grant, origin).take(lines)
        return NO_KEYS
    with county.busy:
        intake = Intake(county, grant, origin)
        intake.take(lines)
        return finish(county, [intake])
