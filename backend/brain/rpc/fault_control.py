"""Answers an operator who reads or replaces the injected faults while the brain runs."""

from collections.abc import Callable, Sequence

from brain.faults.injector import Faults
from brain.faults.wire import read_fault_settings, write_fault_settings
from protos.fraud_pb2 import FaultsReply, FaultsRequest


class FaultsNotAllowed(Exception):
    """This brain takes no changes of its faults. The message is for the caller."""


class FaultControl:
    """Reports the faults always; replaces them only where that is allowed."""

    def __init__(self, faults: Faults, *, is_allowed: bool, degraded: Callable[[], Sequence[str]]) -> None:
        """
        Args:
            is_allowed: Whether faults may be replaced at run time.
            degraded: Returns what scores lack now, such as "history", whether faults are on or not.
        """
        self._faults = faults
        self._is_allowed = is_allowed
        self._degraded = degraded

    def answer(self, request: FaultsRequest) -> FaultsReply:
        """
        Replace the faults if the request says so, then report those that are injected.

        Raises:
            FaultsNotAllowed: the request holds a change, and changes are off.
            InvalidFault: a value is out of bounds. Nothing was changed.
        """
        if request.HasField("replacement"):
            if not self._is_allowed:
                raise FaultsNotAllowed("BRAIN_FAULT_CONTROL is off: this brain takes no changes of its faults")
            self._faults.replace(read_fault_settings(request.replacement))
        return FaultsReply(
            settings=write_fault_settings(self._faults.settings),
            is_allowed=self._is_allowed,
            degraded=self._degraded(),
        )
