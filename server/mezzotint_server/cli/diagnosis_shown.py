"""What a diagnosis looks like: tables for people, one JSON object for programs.

The object's shape is told in docs/doctor.md.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from mezzotint_infill.memory.cost import in_gb
from mezzotint_infill.memory.shape import Part
from mezzotint_infill.presence import Place, Presence
from mezzotint_server.cli.diagnosis import Diagnosis, PlanReport
from mezzotint_server.cli.next_step import next_step
from mezzotint_server.source_file import counted

PARTS = (
    ("experts", (Part.GATE_UP, Part.DOWN)),
    ("attention", (Part.ATTENTION,)),
    ("feed-forward", (Part.FEED_FORWARD,)),
    ("self-conditioning", (Part.SELF_CONDITIONING,)),
    ("embeddings", (Part.EMBEDDINGS,)),
    ("router and norms", (Part.ROUTER, Part.NORMS, Part.LAYER_SCALARS)),
)
"""The rows that people see; programs get each part for itself."""

_PLACES = {
    Place.SHIPPED: "ships with mezzotint",
    Place.FOLDER: "a folder",
    Place.HUB: "downloaded",
    Place.NOWHERE: "not on this machine",
}


def as_json(found: Diagnosis) -> str:
    """One object on one line; all sizes are bytes."""
    card, chosen = found.card, found.chosen
    return json.dumps(
        {
            "versions": dict(found.versions),
            "card": card
            and {
                "name": card.name,
                "driver": card.driver,
                "total": card.total,
                "free": card.free,
                "capability": ".".join(map(str, card.capability)),
                "usable": card.is_usable,
            },
            "free": found.free,
            "context": found.room.context,
            "models": [_model(each) for each in found.models],
            "no_plan": found.no_plan,
            "plans": [
                {
                    **each.cost.as_dict(),
                    "fits": each.fits,
                    "runs_here": each.ready.runs,
                    "remark": each.ready.remark,
                }
                for each in found.plans
            ],
            "chosen": chosen and chosen.plan.name,
            "engines": [
                {
                    "status": each.status.value,
                    "model": each.model,
                    "device": each.device,
                    "plan": each.plan,
                    "message": each.message,
                }
                for each in found.engines
            ],
            "editors": [asdict(each) for each in found.editors],
            "next": next_step(found),
        },
        ensure_ascii=False,
    )


def as_picture(found: Diagnosis) -> RenderableType:
    """Facts, then the plans, then what to do next."""
    parts: list[RenderableType] = [*_facts(found), Text()]
    if found.no_plan:
        parts += [Text(found.no_plan), Text()]
    else:
        parts += [_table(found), *_remarks(found), Text()]
    return Group(*parts, Text(next_step(found), "bold"))


def _model(presence: Presence) -> dict[str, object]:
    return {
        "model": presence.model,
        "place": presence.place.value,
        "folder": presence.folder and str(presence.folder),
        "weight_bytes": presence.weight_bytes,
        "whole": presence.is_whole,
        "problem": presence.problem,
        "packed": list(presence.packed),
    }


def _facts(found: Diagnosis) -> Iterator[Text]:
    versions = [f"{name} {number}" for name, number in found.versions.items() if number]
    missing = [f"no {name}" for name, number in found.versions.items() if not number]
    yield _fact("versions", *versions, *missing)
    card = found.card
    if card is None:
        yield _fact("card", "no CUDA card")
    else:
        capability = ".".join(map(str, card.capability))
        driver = f"driver {card.driver}" if card.driver else ""
        unusable = "" if card.is_usable else "this torch cannot use it"
        yield _fact("card", card.name, f"compute capability {capability}", driver, unusable)
        yield _fact("memory", f"{in_gb(card.free)} of {in_gb(card.total)} GB free")
    if found.is_told:
        yield _fact("asked for", f"a card with {in_gb(found.free or 0)} GB free")
    for model in found.models:
        yield _fact("model", model.model, *_about(model))
    for engine in found.engines:
        plan = f"plan {engine.plan}" if engine.plan else ""
        told = (engine.status.value, engine.model, engine.device, plan, engine.message)
        yield _fact("engine", *told)
    if not found.engines:
        yield _fact("engine", "none runs; the first editor that asks starts one")
    editors = [f"{it.name} {it.version}".strip() for it in found.editors]
    yield _fact("editors", *(editors or ["none of those that are known here"]))


def _about(model: Presence) -> Iterator[str]:
    yield _PLACES[model.place]
    if model.weight_bytes:
        yield f"{in_gb(model.weight_bytes)} GB"
    if model.packed:
        yield f"packed for {', '.join(model.packed)}"
    if model.problem and model.place is not Place.NOWHERE:
        yield model.problem


def _fact(name: str, *values: str) -> Text:
    return Text.assemble((f"{name:<12}", "dim"), " · ".join(filter(None, values)))


def _table(found: Diagnosis) -> Table:
    """Parts down, plans across."""
    table = Table("GB", *(it.plan.name for it in found.plans), caption_justify="left")
    for column in table.columns[1:]:
        column.justify = "right"
    for name, parts in PARTS:
        sizes = (sum(dict(it.cost.weights)[part] for part in parts) for it in found.plans)
        table.add_row(name, *map(in_gb, sizes))
    table.add_section()
    table.add_row("all weights", *(in_gb(it.cost.weight_bytes) for it in found.plans))
    for name in dict.fromkeys(item.name for it in found.plans for item in it.cost.beside):
        table.add_row(name, *(_beside(it, name) for it in found.plans))
    table.add_section()
    table.add_row("on the card", *(in_gb(it.cost.total) for it in found.plans))
    if any(it.cost.host for it in found.plans):
        hosts = (in_gb(it.cost.host) if it.cost.host else "" for it in found.plans)
        table.add_row("in host memory", *hosts)
    if found.free is not None:
        table.add_row("fits", *("yes" if it.fits else "no" for it in found.plans))
    return table


def _beside(report: PlanReport, name: str) -> str:
    return next((in_gb(item.bytes) for item in report.cost.beside if item.name == name), "")


def _remarks(found: Diagnosis) -> Iterator[Text]:
    context = counted(found.room.context, "token")
    yield Text(f"GB are 10⁹ bytes; room is kept for a context of {context}.", "dim")
    remarks = dict.fromkeys(it.ready.remark for it in found.plans if it.ready.remark)
    for remark in remarks:
        names = ", ".join(it.plan.name for it in found.plans if it.ready.remark == remark)
        yield Text.assemble((f"{names}: ", "dim"), remark)
    if chosen := found.chosen:
        yield Text.assemble(("would be chosen: ", "dim"), chosen.verdict)
