"""Credit: what a customer owes and will owe, against the limits it has, and what a quote may do about it."""
