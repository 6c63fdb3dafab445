"""The small DiffusionGemma that ships with the package, and the recipe it was made by.

``checkpoint/`` holds the model; the modules beside it train it. Filling holes needs only the
former: nothing outside this package imports the recipe.
"""

from pathlib import Path

EMBEDDED = "embedded"
"""What it is called where a model is named."""
CHECKPOINT = Path(__file__).parent / "checkpoint"
"""A folder in ``DiffusionGemmaForBlockDiffusion``'s own format."""
