"""The engine: one process for each user, model, device and plan that fills holes for every editor window.

It serves any :class:`~mezzotint_infill.infiller.Infiller` over HTTP on a local socket; it knows
nothing of what denoising is. Importing this package starts nothing and imports no torch.
"""
