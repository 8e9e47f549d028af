"""Property tests of pricing judge results, not speed: a busy machine must not fail them (see benchmarks for times)."""

from hypothesis import settings

settings.register_profile("without deadline", deadline=None)
settings.load_profile("without deadline")
