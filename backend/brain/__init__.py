"""The brain: scores transactions over gRPC, and remembers those that stand."""

from protos.polling import poll_in_place

poll_in_place()  # before any room imports grpc
