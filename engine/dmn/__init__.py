"""DMN models: requirement graphs of decisions evaluated, their conformance kit run, tables exported."""
