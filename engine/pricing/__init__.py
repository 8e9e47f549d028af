"""Pricing: a quote's lines run down the waterfall once, every step stays visible."""
