from streams.vault.identities import Identities


def test_batches_join_and_show_numbers_only() -> None:
    whole = Identities.empty()
    assert not whole

    whole.extend(
        Identities(persons=[(1, "52022119800101123X", "王小明", None)], notes=[(2, "欠薪")])
    )
    whole.extend(Identities(households=[(3, "H1")], employers=[(4, "某厂")]))

    assert whole
    assert repr(whole) == "Identities(1 persons, 1 households, 1 employers, 1 notes)"
