"""Whether all is well, computed in one place: what /health, the metrics, the dashboard and the outages say."""
