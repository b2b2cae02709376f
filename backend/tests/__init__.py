"""Tests of Sentinel. They run gRPC as gateway and brain do."""

from protos.polling import poll_in_place

poll_in_place()  # before any test imports grpc
