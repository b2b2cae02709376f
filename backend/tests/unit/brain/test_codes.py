"""A text has one code, wherever it is computed."""

import numpy as np
import pytest

from brain.features.codes import NO_CODE, code_of


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("5411", 5411),
        ("0742", 742),
        ("grocery", 3_582_467_749_028_637),
        ("742", 2_220_179_659_253_984),
        ("US", 1_973_417_689_252_104),
    ],
)
def test_codes_never_change(text: str, code: int) -> None:
    """A trained model holds them: another number for the same text would make its tables useless."""
    assert code_of(text) == code


def test_case_and_spaces_do_not_matter() -> None:
    """Two systems of one merchant write the same category."""
    assert code_of(" Grocery ") == code_of("grocery") != code_of("groceries")


def test_no_text_has_no_code() -> None:
    """An empty text says as little as none."""
    assert code_of(None) == code_of("") == code_of("  ") == NO_CODE


def test_a_float_holds_every_code() -> None:
    """Features are floats."""
    codes = [code_of(f"shop {n}") for n in range(2_000)]

    assert len(set(codes)) == len(codes)
    assert np.array(codes, dtype=np.float64).astype(np.int64).tolist() == codes
