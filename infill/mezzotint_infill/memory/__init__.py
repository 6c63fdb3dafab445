"""Where the weights of a model lie and in how many bits: plans, and what they cost."""
