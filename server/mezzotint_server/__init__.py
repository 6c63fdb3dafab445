"""Speaks LSP and the command line: editors, documents and terminals; no tensors."""
