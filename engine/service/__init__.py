"""The services: a servicer a file as functions from bytes to bytes, errors to statuses, and the gRPC transport."""
