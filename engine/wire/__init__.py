"""Plain objects to and from protobuf messages, complete in both directions; with `service` the only reader of stubs."""
