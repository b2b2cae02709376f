"""
The naive stack: what a good demonstration does with the same parts, to measure Sentinel against.

FastAPI with models of pydantic in and out, one unary call to the brain and one motor insert for each request; the brain
reads two histories, computes features with numpy and asks LightGBM for one prediction. It answers the same request with
the same reply, keeps each verdict with w=majority and j=true, and has a circuit breaker.

It stays as it is while the product changes: its features and its model are those of November 2026, copied.
"""
