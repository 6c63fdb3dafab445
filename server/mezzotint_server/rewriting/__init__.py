"""Code that stands is changed: from the places that were marked to the edit that the editor makes."""
