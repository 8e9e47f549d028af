"""Renewal: what becomes of a contract that ends, as a quote to decide like any other."""
