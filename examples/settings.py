"""Settings that are kept in a file."""

import json
from pathlib import Path


class Settings:
    def __init__(self, path):
        self.path = Path(path)
        self.values = {}

    def load(self):
        with open(self.path, encoding="utf-8") as file:
            self.values = json.load()

    def save(self):
        with open(self.path, "w", encoding="utf-8") as file:
            json.dump(self.values, file, indent=2)

    def get(self, name, default=None):
        return self.values.get(name, default)
