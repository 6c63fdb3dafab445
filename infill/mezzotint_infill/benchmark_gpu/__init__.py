"""What a model costs on a card, plan by plan: memory, milliseconds a step, share of the bandwidth.

Measures time and memory only. With random weights of the real shapes it needs no download; routing
is then even, so that a step reads about as many experts as it ever will. The same code runs on a CPU
with a tiny shape, where its figures mean nothing: so it is tested.
"""
