"""Who may call what: transport security, keys and tokens, roles, and limits a client."""
