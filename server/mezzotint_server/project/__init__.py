"""The rest of the project: what of it may be read, what is in it, and what of it is worth showing.

Knows files, folders and open texts; knows neither LSP nor the engine.
"""
