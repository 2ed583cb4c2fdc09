"""Which judge of proof a run has: the model that the settings name, else words."""

from assistant.settings import Settings
from evals.citations import ModelSupport, Support, WordSupport
from index.entailment import CrossEncoderEntailment

ENTAILED = 0.5
"""P(entailment) from which a premise proves a claim: likelier than not.

No labelled pairs of ours have set it yet, so it stands in the judge's name beside the numbers.
"""


def open_support(settings: Settings) -> Support:
    """The judge of `Settings.nli_model`, words without one.

    Loading a model takes seconds; raises ModelMissingError or SettingsError.
    """
    if settings.nli_model is None:
        return WordSupport()
    model = CrossEncoderEntailment(settings.nli_model)
    return ModelSupport(model.probability, ENTAILED, f"{model.name} at {ENTAILED}")
