"""What an operator may ask of the injected faults while the brain runs."""

from collections.abc import Callable, Sequence

from brain.faults.injector import Faults
from brain.faults.wire import read_fault_settings, write_fault_settings
from protos.fraud_pb2 import FaultsReply, FaultsRequest


class FaultsNotAllowed(Exception):
    """This brain takes no changes. The message is for whoever asked."""


class FaultControl:
    """Answers always, changes only where that is allowed."""

    def __init__(self, faults: Faults, *, is_allowed: bool, degraded: Callable[[], Sequence[str]]) -> None:
        """
        Args:
            is_allowed: Whether faults may be replaced at run time.
            degraded: What scores are made without now, whatever is injected.
        """
        self._faults = faults
        self._is_allowed = is_allowed
        self._degraded = degraded

    def answer(self, request: FaultsRequest) -> FaultsReply:
        """
        Say what is injected, after what the request wants is done.

        Raises:
            FaultsNotAllowed: it wants a change, and may not.
            InvalidFault: a value lies outside its bounds. Nothing was changed.
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
