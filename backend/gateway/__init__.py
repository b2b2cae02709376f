"""The gateway: takes a transaction, answers a verdict within its budget, writes every verdict down."""

from protos.polling import poll_in_place

VERSION = "0.2.0"

poll_in_place()  # before any room imports grpc
