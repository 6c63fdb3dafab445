"""Weights in few bits, and the modules that compute with them in place of transformers' own.

Only weights are quantized; what flows between the modules stays in the precision of the device.
"""
