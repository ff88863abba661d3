from streams.simulator.employer import employer_names
from streams.simulator.job import N_EMPLOYERS


def test_every_employer_has_a_name() -> None:
    names = employer_names()

    assert len(names) == N_EMPLOYERS
    assert all(len(name) >= 5 for name in names[:700].tolist())
