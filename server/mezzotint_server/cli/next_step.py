"""What somebody who has read a diagnosis should do next: one line."""

from mezzotint_server.cli.diagnosis import Diagnosis, PlanReport

TRY = "mezzotint watch path/to/file.py:12"
PYTORCH = "https://pytorch.org/get-started/locally/"


def next_step(found: Diagnosis) -> str:
    """One sentence or two, with the command to run."""
    if found.no_plan:
        return f"Nothing is missing: try {TRY}, or set up an editor (mezzotint serve)."
    if found.is_told:
        return _for_another_card(found)
    if found.card is None:
        return f"No CUDA card was found; the embedded model needs none: try {TRY}."
    if not found.card.is_usable:
        return (
            f"The driver knows a card, but torch {found.versions['torch']} cannot use it: install a"
            f" build with CUDA ({PYTORCH}). The embedded model needs none: try {TRY}."
        )
    return _for_this_card(found)


def _for_another_card(found: Diagnosis) -> str:
    report = found.chosen
    if report is None:
        return "No plan fits into so little memory; the embedded model needs no card."
    return f"A card with so much free memory would run {_named(report)}."


def _for_this_card(found: Diagnosis) -> str:
    report, model = found.chosen, found.model
    if any(engine.model == model.model for engine in found.engines):
        # What it takes up is not free, so that nothing may seem to fit.
        return f"An engine has {model.model} already: editors and mezzotint serve share it."
    if report is None:
        return (
            "No plan fits: close other programs that use the card, or use the embedded model"
            f" ({TRY})."
        )
    if report.plan.name not in model.packed and not model.is_whole:
        return f"Get the model: mezzotint pull {model.model}."
    return f"Nothing is missing: try {TRY} --model {model.model}; it runs {_named(report)}."


def _named(report: PlanReport) -> str:
    if not report.cost.streamed_layers:
        return report.plan.name
    return f"{report.plan.name}, {report.cost.streamed_layers} layers of it from the host's memory: not interactive"
