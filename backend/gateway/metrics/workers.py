"""What all workers of a gateway counted, told by one of them."""

from collections.abc import Iterator

from prometheus_client import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from gateway.circuit import CircuitState
from gateway.metrics.place import Place

CIRCUIT_STATE = "sentinel_circuit_state"
_WORST_FIRST = (CircuitState.OPEN, CircuitState.HALF_OPEN, CircuitState.CLOSED)


class AllWorkers(Collector):
    """Made for one registry. Dead workers of this gateway are among them."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def collect(self) -> Iterator[Metric]:
        """The families, as of now."""
        self._place.forget_gauges_of_the_dead()
        workers = MultiProcessCollector(None, str(self._place.directory))  # type: ignore[no-untyped-call]
        for family in workers.collect():  # type: ignore[no-untyped-call]
            yield _worst(family) if family.name == CIRCUIT_STATE else family


def _worst(workers: Metric) -> Metric:
    """From how many workers are in each state to 1 for the worst of these."""
    count = {sample.labels["state"]: sample.value for sample in workers.samples}
    worst = next((state for state in _WORST_FIRST if count.get(state)), None)
    family = Metric(workers.name, workers.documentation, workers.type)
    for state in CircuitState:
        family.add_sample(workers.name, {"state": state.value}, float(state is worst))
    return family
