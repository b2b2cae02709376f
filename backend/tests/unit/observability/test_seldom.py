"""What happens thousands of times a second is told once a minute, with the count."""

from observability.seldom import Seldom


def test_the_first_is_told_at_once_and_the_rest_once_a_minute_with_their_number() -> None:
    """Also when nothing happened for long in between."""
    clock = [0.0]
    seldom = Seldom(now_s=lambda: clock[0])
    told = []
    for second in (0.0, 1.0, 2.0, 59.9, 60.0, 61.0, 500.0):
        clock[0] = second
        told.append(seldom.happened())

    assert told == [1, 0, 0, 0, 4, 0, 2]
