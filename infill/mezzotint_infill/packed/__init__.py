"""A checkpoint, converted once for a memory plan: later starts read 15 to 26 GB instead of 52.

One safetensors file beside copies of the checkpoint's small files, all that is needed to fill.
"""
