"""What a client may say of an answer that it has, or of the age that it takes."""

import pytest

from gateway.api.answers import Answer, accepts_stale

JSON = ((b"content-type", b"application/json"),)


def test_equal_answers_have_equal_tags_and_others_have_not() -> None:
    """The tag stands for body and headers together: the same rows with another next cursor are another page."""
    one = Answer.of(200, JSON, b"{}")

    assert one.etag == Answer.of(200, JSON, b"{}").etag
    assert one.etag != Answer.of(200, JSON, b"[]").etag
    assert one.etag != Answer.of(200, (*JSON, (b"x-next-cursor", b"abc")), b"{}").etag


def test_an_error_has_no_tag_and_nobody_has_it_already() -> None:
    """A 503 that looked like "not modified" would freeze a dashboard at the figures before it."""
    error = Answer.of(503, JSON, b"{}")

    assert error.etag is None
    assert not error.is_known(["*"])


@pytest.mark.parametrize("form", ['"{}"', 'W/"{}"', '"other", W/"{}"', '"a,b" ,"{}"', "*"])
def test_a_tag_is_found_in_every_form_of_the_header(form: str) -> None:
    """Weak ones too: a proxy that compresses makes a strong tag weak."""
    answer = Answer.of(200, JSON, b"{}")

    assert answer.is_known([form.format(answer.etag)])
    assert answer.is_known(['"elsewhere"', form.format(answer.etag)])


@pytest.mark.parametrize("form", ["", "{}", '"{}', '"x{}"', '"{}x"', 'w/"other"', '"**"'])
def test_what_is_not_the_tag_gets_the_whole_answer(form: str) -> None:
    """Too much is sent rather than a client left with something old."""
    answer = Answer.of(200, JSON, b"{}")

    assert not answer.is_known([form.format(answer.etag)])


@pytest.mark.parametrize(
    "values", [["max-stale"], ["max-stale=1"], ["Max-Stale = 30"], ['max-stale="5"'], ["max-age=0", "max-stale=1"]]
)
def test_max_stale_takes_an_answer_that_is_a_little_old(values: list[str]) -> None:
    """With or without seconds, in one line or several."""
    assert accepts_stale(values)


@pytest.mark.parametrize(
    "values",
    [
        [],
        ["no-cache"],
        ["max-age=60"],
        ["max-stale=0"],
        ["max-stale=00"],
        ["max-stale=-1"],
        ["max-stale=0.5"],
        ["max-stale=x"],
        ["max-stale=1, no-cache"],
        ["max-stale=1", "no-store"],
        ["not-max-stale=1"],
    ],
)
def test_without_a_plain_word_the_answer_is_fresh(values: list[str]) -> None:
    """Half a second is what we may be late by, so a shorter patience gets a fresh one."""
    assert not accepts_stale(values)


def test_seconds_of_any_length_are_read() -> None:
    """Python refuses to read a number of more than 4,300 digits: no header may become a 500."""
    assert accepts_stale(["max-stale=" + "9" * 10_000])
