"""What Prometheus is told of this gateway's requests, verdicts, circuit and backlog."""
