"""A share of few cases with the span in which the true share lies, as SQL."""

_Z = 1.96  # 95 of 100 such spans hold the true share


def wilson(part: str, whole: str) -> tuple[str, str]:
    """Return the SQL of the lower and the upper end of Wilson's interval, NULL where `whole` is 0.

    Parameters
    ----------
    part, whole
        SQL of how many of how many.
    """
    p, z2 = f"({part}) / ({whole})", _Z * _Z
    middle = f"({p} + {z2:.6f} / (2 * ({whole})))"
    half = f"{_Z} * sqrt({p} * (1 - {p}) / ({whole}) + {z2:.6f} / (4 * pow({whole}, 2)))"
    below = f"(1 + {z2:.6f} / ({whole}))"
    return (
        f"if(({whole}) = 0, NULL, greatest(({middle} - {half}) / {below}, 0))",
        f"if(({whole}) = 0, NULL, least(({middle} + {half}) / {below}, 1))",
    )
