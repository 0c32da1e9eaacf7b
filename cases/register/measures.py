"""How long things take and what goes wrong, counted in this process for `/metrics`. Labels hold nothing personal."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Histogram

REGISTRY = CollectorRegistry()
_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

INTAKE = Histogram(
    "huiyin_intake_seconds", "From a push's arrival to its reply", buckets=_BUCKETS, registry=REGISTRY
)
JUDGING = Histogram(
    "huiyin_judging_seconds",
    "Judging the messages that came together by the models",
    buckets=_BUCKETS,
    registry=REGISTRY,
)
TRANSACTION = Histogram(
    "huiyin_transaction_seconds", "One step, its wait for the database included", buckets=_BUCKETS, registry=REGISTRY
)  # fmt: skip
DELIVERY = Histogram(
    "huiyin_delivery_seconds", "One sending, by lane", ["lane"], buckets=_BUCKETS, registry=REGISTRY
)
CONFIDENCE = Histogram(
    "huiyin_model_confidence", "How sure the classifier was, by the category it gave", ["category"],
    buckets=(0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0), registry=REGISTRY,
)  # fmt: skip
PLATFORM_ERRORS = Counter(
    "huiyin_platform_errors", "Errors that a platform answered, by code; 0: no answer", ["platform", "code"],
    registry=REGISTRY,
)  # fmt: skip
REFUSED = Counter(
    "huiyin_refused_requests", "Requests refused at a door, by door and status", ["door", "status"],
    registry=REGISTRY,
)  # fmt: skip


@contextmanager
def timed(histogram: Histogram) -> Iterator[None]:
    """Observe how long the block took, however it ends."""
    began = time.monotonic()
    try:
        yield
    finally:
        histogram.observe(time.monotonic() - began)
