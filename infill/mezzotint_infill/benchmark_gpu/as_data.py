"""The figures as JSON; ``docs/gpu-benchmark.md`` says what each of them is."""

from dataclasses import asdict
from typing import Any

from mezzotint_infill.benchmark_gpu.clock import Times
from mezzotint_infill.benchmark_gpu.compare import Figures
from mezzotint_infill.benchmark_gpu.measure import OfPlan


def as_data(figures: Figures) -> dict[str, Any]:
    """Times in milliseconds, memory in bytes, bandwidth in bytes a second."""
    return {
        "model": figures.source.model,
        "random_weights": figures.source.is_random,
        "device": figures.device,
        "versions": figures.versions,
        "copy_bytes_per_s": round(figures.bandwidth),
        "plans": {each.plan.name: _plan(each, figures) for each in figures.plans},
        "left_out": list(figures.left_out),
        "generate_step": {str(positions): _times(step) for positions, step in figures.generate},
    }


def share_of_bandwidth(figures: Figures, of: OfPlan, positions: int, step: Times) -> float:
    """How much of the bandwidth the weights alone take that a step reads."""
    streamed = figures.streamed[of.plan.name][positions]
    return streamed / (step.p50 / 1000) / figures.bandwidth


def _plan(of: OfPlan, figures: Figures) -> dict[str, Any]:
    read = of.encoding
    return {
        "load_ms": round(of.load_ms, 1),
        "from_packed": of.is_packed,
        "recorded": of.recorded,
        "memory": None if of.memory is None else asdict(of.memory),
        "step": {
            str(positions): {
                **_times(step),
                "streamed_bytes": figures.streamed[of.plan.name][positions],
                "bandwidth_share": round(share_of_bandwidth(figures, of, positions, step), 4),
            }
            for positions, step in of.steps
        },
        "prompt": {
            "tokens": read.tokens,
            "cold": _times(read.cold),
            "typed": read.typed,
            "typed_at_best": _times(read.typed_at_best),
            "typed_at_worst": _times(read.typed_at_worst),
            "whole_context": _times(read.whole_context),
        },
        "suggestion": {"one_canvas": _times(of.one_canvas), "surveyed": _times(of.surveyed)},
    }


def _times(times: Times) -> dict[str, float]:
    return {"p50_ms": round(times.p50, 3), "p95_ms": round(times.p95, 3)}
