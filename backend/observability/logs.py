"""Writes structured logs: one JSON object a line on standard output, in the same shape from every process."""

import logging
import sys
from collections.abc import Iterable

import structlog


def configure_logs(service: str, *, level: str = "INFO", taken_over: Iterable[str] = ()) -> None:
    """
    Set up logging for this process, once, in main.

    Every line has `timestamp` (RFC 3339, UTC), `level`, `service` and `event` (a dotted name); lines that
    libraries log through the standard library get the same shape.

    Args:
        service: Name of the process, such as "gateway".
        level: Lowest level that is written: DEBUG, INFO, WARNING or ERROR.
        taken_over: Loggers of the standard library that have handlers of their own, which are replaced by ours.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _name_service(service),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.WriteLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name in taken_over:
        logger = logging.getLogger(name)
        if logger.handlers:  # without any it is switched off, such as by uvicorn's --no-access-log
            logger.handlers.clear()
            logger.propagate = True


def _name_service(service: str) -> structlog.typing.Processor:
    def add(
        _logger: structlog.typing.WrappedLogger, _name: str, event: structlog.typing.EventDict
    ) -> structlog.typing.EventDict:
        event["service"] = service
        return event

    return add
