"""
Passwords: which ones are good enough, and how they are kept.

As NIST SP 800-63B advises: long, not among the common ones, of any script, and no rules about digits and capitals.
Argon2id with the memory of OWASP's second choice: 19 MiB and 2 passes, about 25 ms. Two at once fit into any container.
"""

import asyncio
import re
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from gateway.errors import FieldError, InvalidRequest
from gateway.features.people.errors import SignInBusy
from gateway.values.characters import composed, refused_in_text

CHARS_MIN, BYTES_MAX = 12, 1_024
_DIFFERENT_MIN = 5
_PLAIN = str.maketrans("013457@$!", "oleastasi")  # as p4$$w0rd is written
_NOT_LETTERS = re.compile(r"[\W\d_]+")
# What the commonest long passwords are made of, once or several times, with digits and signs around.
_COMMON = """
password passwort passwd passphrase motdepasse contrasena senha parola wachtwoord haslo salasana secret geheim admin
administrator root superuser user guest test testing default changeme changeit letmein welcome willkommen hello login
signin access master system server computer internet google facebook microsoft windows apple samsung iloveyou loveyou
sunshine princess football baseball superman batman pokemon dragon monkey shadow michael jordan trustno qwerty qwertz
azerty qwertyuiop asdfghjkl zxcvbnm asdf zxcv qazwsx qwer abc abcd abcdef abcdefghijkl sentinel fraud gateway
dashboard this is my the a i your and new one two three please correcthorsebatterystaple
""".split()  # noqa: SIM905 (a word a line would be 140 lines)
_COMMON_MAX = 64  # letters; what is longer is no common password
_ROWS = ("0123456789" * 3, "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm")
_ROWS_BOTH_WAYS = (*_ROWS, *(row[::-1] for row in _ROWS))
_IN_A_ROW_MIN = 4
_AT_ONCE, _WAITING_MAX = 2, 20  # 20 that wait are 0.3 s
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_NOBODYS = _hasher.hash("of nobody")  # an unknown person takes as long as a known one
T = TypeVar("T")


def check_password(password: str, *, pointer: str, about: tuple[str, ...] = ()) -> str:
    """
    Return it in the form in which it is hashed.

    Args:
        pointer: Where it stands in the request.
        about: What others know of the person: the name, and the address of the email.

    Raises:
        InvalidRequest: it is too short, too long, or too easy; in words that repeat nothing of it.
    """
    password = normalise(password)
    advice = _weakness(password, about)
    if advice is not None:
        raise InvalidRequest("Choose another password.", (FieldError(pointer, advice),))
    return password


def normalise(password: str) -> str:
    """Write it in normal form C: a keyboard of another system writes the same `é` in another way."""
    return composed(password)


def _weakness(password: str, about: tuple[str, ...]) -> str | None:
    if refused_in_text(password) is not None:
        return "must be text without control characters"
    if len(password.encode()) > BYTES_MAX:
        return f"must have {BYTES_MAX} bytes of UTF-8 at most"
    if len(password) < CHARS_MIN:
        return f"must have {CHARS_MIN} characters at least: some words that belong together only for you are good"
    return _easiness(unicodedata.normalize("NFKC", password).casefold(), about)


def _easiness(folded: str, about: tuple[str, ...]) -> str | None:
    advice = None
    letters = (_NOT_LETTERS.sub("", folded), _NOT_LETTERS.sub("", folded.translate(_PLAIN)))
    if len(set(folded)) < _DIFFERENT_MIN or _is_repeated(folded):
        advice = "must not be a few characters again and again"
    elif _without_rows(folded) < CHARS_MIN / 2:
        advice = "must not be a row of the keyboard or the alphabet"
    elif any(_is_made_of_words(each) for each in letters):
        advice = "must not be one of the common passwords"
    elif any(len(known) > 2 and len(folded.replace(known.casefold(), "")) < CHARS_MIN / 2 for known in about):
        advice = "must not be your name or your email address"
    return advice


def _is_repeated(text: str) -> bool:
    """Whether it is a short piece, at least three times."""
    pieces = range(1, min(len(text) // 3, CHARS_MIN) + 1)
    return any(text == (text[:n] * (len(text) // n + 1))[: len(text)] for n in pieces)


def _is_made_of_words(letters: str) -> bool:
    """Whether it is common words one after the other; also where there are no letters at all."""
    if len(letters) > _COMMON_MAX:
        return False
    ends = {0}
    for at in range(len(letters)):
        if at in ends:
            ends.update(at + len(word) for word in _COMMON if letters.startswith(word, at))
    return len(letters) in ends


def _without_rows(text: str) -> int:
    """Count the characters that are part of no row of four or more."""
    count, at = 0, 0
    while at < len(text):
        length = max((n for n in range(_IN_A_ROW_MIN, 13) if _is_row(text[at : at + n], n)), default=0)
        count += length == 0
        at += length or 1
    return count


def _is_row(piece: str, length: int) -> bool:
    return len(piece) == length and any(piece in row for row in _ROWS_BOTH_WAYS)


class Passwords:
    """Hashes and checks passwords in two threads of their own; others wait, and too many are refused."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="passwords")
        self._under_way = 0

    async def hash(self, password: str) -> str:
        """Hash it, as Argon2 writes that, with its salt. Raises SignInBusy."""
        return await self._run(partial(_hasher.hash, password))

    async def is_right(self, password: str, known: str | None) -> bool:
        """
        Check it. Takes as long where nobody is known.

        Args:
            known: What `hash` returned; None: nobody's.

        Raises:
            SignInBusy: as many wait as may.
        """
        is_same = await self._run(partial(_verify, known or _NOBODYS, normalise(password)))
        return is_same and known is not None

    async def _run(self, work: partial[T]) -> T:
        if self._under_way >= _AT_ONCE + _WAITING_MAX:
            raise SignInBusy("Try again in a moment.")
        self._under_way += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._under_way -= 1

    async def start(self) -> None:
        """Begin nothing: threads come as they are needed."""

    async def close(self) -> None:
        """Let the threads go."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _verify(known: str, password: str) -> bool:
    try:
        return _hasher.verify(known, password)
    except (Argon2Error, InvalidHashError, UnicodeEncodeError):
        return False
