"""
Compiles functions to machine code with numba, and keeps that code for the next start.

numba's own cache does not fit here. It looks for changes in the file of a function alone, although constants and
functions of other files are compiled into it; and it reads only where it can write, so a read-only image could not
even start. Here the code lies in `__pycache__` beside its source and is valid for one state of all sources of the
brain. Where it cannot be kept, each start compiles again, which takes seconds. Decision 0033.

For debugging, NUMBA_DISABLE_JIT=1 runs the same functions as ordinary Python.
"""

import contextlib
import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numba
from numba.core.caching import CompileResultCacheImpl, FunctionCache
from numba.core.registry import CPUDispatcher

BRAIN = Path(__file__).resolve().parent

# Any x86-64 processor may run what another one compiled: an image is built elsewhere.
numba.config.CPU_NAME, numba.config.CPU_FEATURES = "generic", ""

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """
    Decorate a function of the top level of a module: it is compiled when it is first called with arguments of a type.

    Such a function may call others like it, and may use numbers, tuples and arrays, named tuples of them, and
    constants of its module. Division by zero gives infinity or NaN, as with numpy; an index outside of its array is
    not noticed.
    """
    return _to_machine_code(function)


def borrowing(function: Function) -> Function:
    """
    Decorate a function as `compiled` does, if it makes no array: then nobody counts who holds those that it is handed.

    Counting is an atomic operation for each array, of each tuple, at each call, and costs a short function most of its
    time. Such a function returns no array either, but to another one like it.
    """
    return _to_machine_code(function, _nrt=False)


def _to_machine_code(function: Function, **options: bool) -> Function:
    machine_code: Function = numba.njit(error_model="numpy", **options)(function)
    if isinstance(machine_code, CPUDispatcher):  # not with NUMBA_DISABLE_JIT
        machine_code._cache = _Cache(function)
    return machine_code


@cache
def source_stamp() -> str:
    """Hash all sources of the brain: code that was compiled from others is not used."""
    digest = hashlib.sha256()
    for path in sorted(BRAIN.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


class _BesideTheSource:
    """Tells numba where it finds the code of one function, and for which sources it is valid."""

    def __init__(self, source: Path) -> None:
        self._folder = source.parent / "__pycache__"

    @classmethod
    def from_function(cls, _: Callable[..., Any], source: str) -> "_BesideTheSource":
        return cls(Path(source))

    def get_cache_path(self) -> str:
        return str(self._folder)

    def ensure_cache_path(self) -> None:
        self._folder.mkdir(exist_ok=True)

    def get_source_stamp(self) -> str:
        return source_stamp()

    def get_disambiguator(self) -> str:
        # In the name of the file: numba writes the index before the code, so one name for two states of the sources
        # would let a second process run old code.
        return source_stamp()[:16]


class _CacheFiles(CompileResultCacheImpl):  # type: ignore[misc]  # numba has no types
    _locator_classes = (_BesideTheSource,)


class _Cache(FunctionCache):  # type: ignore[misc]
    """numba's cache, which never keeps a function from running."""

    _impl_class = _CacheFiles

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        try:
            return super().load_overload(sig, target_context)
        except Exception:  # a file that a crash left half written: compile again, and replace it
            with contextlib.suppress(OSError):
                self.flush()
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        with contextlib.suppress(OSError):  # a read-only file system
            super().save_overload(sig, data)
            self._remove_older()

    def _remove_older(self) -> None:
        name = self._impl.filename_base
        stem, _, _ = name.partition(f"-{source_stamp()[:16]}")
        for path in Path(self.cache_path).glob(f"{stem}-*.nb[ci]"):
            if not path.name.startswith(name):
                path.unlink(missing_ok=True)
