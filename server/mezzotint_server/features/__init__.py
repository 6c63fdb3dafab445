"""What the server can do: one file for each request, or for a few that belong together."""
