"""The product catalogue: what is sold, to whom and at which prices, read from files or a database."""
