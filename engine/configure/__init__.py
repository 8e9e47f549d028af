"""Product configuration: what can still be chosen, exactly, why not, and what to do about it."""
