"""Files of test cases beside rule files: given a quote, a contract or a configuration, what the rulebook answers."""
