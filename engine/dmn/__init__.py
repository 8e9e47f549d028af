"""DMN models: requirement graphs of decisions evaluated, their conformance kit run, tables exported."""

from engine.dmn.loading import load_model
from engine.dmn.model import DmnModel
from engine.dmn.outcome import Evaluation, EvaluationWarning

__all__ = ["DmnModel", "Evaluation", "EvaluationWarning", "load_model"]
