"""Keys that a JSON object has twice: decoders take one of the two values, and two readers may take different ones."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

_Step = str | int


def find_repeated_keys(body: bytes, decoded: object) -> list[tuple[_Step, ...]]:
    """
    Where they are: the path of each, from the root.

    Args:
        body: Valid JSON.
        decoded: What became of it.

    Raises:
        RecursionError: it is nested too deeply.
    """
    # each key has one colon behind it and all others are inside of strings: 3 us, a second decoding takes 10
    if body.count(b":") == _colons(decoded) and rb"\u003" not in body:
        return []
    repeated: dict[int, tuple[dict[str, Any], str]] = {}  # by id; each object is kept, so that none gets its id

    def note(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            (key, _), *_rest = Counter(key for key, _ in pairs).most_common(1)
            repeated[id(made)] = made, key
        return made

    whole = json.loads(body, object_pairs_hook=note, parse_int=str, parse_constant=str)
    # an object that was the first value of a repeated key is gone: then that key is found
    found = ((path, repeated.get(id(value))) for path, value in _objects(whole)) if repeated else ()
    return [(*path, known[1]) for path, known in found if known is not None]


def _colons(decoded: object) -> int:
    count, waiting = 0, [decoded]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            count += value.count(":")
        elif isinstance(value, dict):
            count += len(value) + sum(key.count(":") for key in value)
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
    return count


def _objects(whole: object) -> Iterator[tuple[tuple[_Step, ...], dict[str, Any]]]:
    waiting: list[tuple[tuple[_Step, ...], object]] = [((), whole)]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, dict):
            yield path, value
            waiting.extend(((*path, key), inner) for key, inner in value.items())
        elif isinstance(value, list):
            waiting.extend(((*path, n), inner) for n, inner in enumerate(value))
