from streams.vault.place import place


def test_two_places_never_have_the_same_name() -> None:
    places = {place(t, c, k) for t in ("a", "b") for c in ("x", "y") for k in (1, 11)}

    assert len(places) == 8
