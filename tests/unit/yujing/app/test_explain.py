"""Where an event stands leads to the log line that names its trace."""

import numpy as np

from streams.log.position import lane, pack
from yujing.app.explain import place_in_log


def test_an_event_of_a_county_without_kafka_has_a_number() -> None:
    assert place_in_log(5287) == {"position": 5287}


def test_an_event_from_kafka_names_its_message_as_the_workers_log_does() -> None:
    position = int(pack(lane(4, 47), 1234, np.array([7]))[0])

    assert place_in_log(position) == {
        "position": position,
        "message": "feedback-events/47/1234",
    }
