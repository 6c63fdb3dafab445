"""Draws a training run's losses: what people would rather look at than read."""

import csv
from pathlib import Path

CURVES = Path(__file__).parent / "loss.png"
LABELS = {
    "causal": "causal, training",
    "held-out causal": "causal, held out",
    "hole": "hole, training noise",
    "held-out hole": "hole at full noise, held out",
}


def draw_curves(history: Path, picture: Path) -> None:
    """``history`` is the run's ``history.csv``; losses in nats a token over tokens seen.

    A loss that was not measured is empty there.
    """
    # Matplotlib comes with the tools for training, not with the package.
    import matplotlib.pyplot as plt

    with history.open(newline="") as file:
        rows = list(csv.DictReader(file))
    figure, axes = plt.subplots(figsize=(7, 4), layout="constrained")
    for name, label in LABELS.items():
        known = [(int(row["tokens"]) / 1e6, float(row[name])) for row in rows if row[name]]
        axes.plot(*zip(*known, strict=True), label=label, linewidth=1.6)
    axes.set(xlabel="tokens seen, millions", ylabel="loss, nats a token")
    axes.grid(alpha=0.25)
    axes.legend(frameon=False)
    figure.savefig(picture, dpi=120)
    plt.close(figure)
