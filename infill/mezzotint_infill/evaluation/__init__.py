"""Measures an infiller: on holes cut out of real files, and on HumanEval-Infilling.

Knows neither the model nor how a fill comes about: it asks for fills and compares.
"""
