"""Memory against the log: what differs is loaded again, who was waited for is let in."""

from yujing.app.county import County
from yujing.app.intake import release


def let_in(county: County) -> None:
    """Let in events that waited for somebody whom a kill left registered but not released."""
    waiting = county.unmatched.subjects()
    left = waiting[county.registered.holds(waiting)] if len(waiting) else waiting
    if len(left):
        release(county, left)


def reconcile(county: County) -> int:
    """Load every subject whose state differs from the log; return how many differed.

    Also lets in who waits for nobody any more.
    """
    let_in(county)
    differing = county.state.compare(county.log.sums())
    if len(differing):
        county.state.rebuild(differing, county.log)
    return len(differing)
