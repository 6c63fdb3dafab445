"""Rectangles on a grid."""


class Rectangle:
    """A rectangle, its top left corner at x and y."""

    def __init__(self, x, y, width, height):
        self.x = x
        self.y = y
        self.width = width
        

    def area(self):
        return self.width * self.height

    def contains(self, x, y):
        """Whether a point is inside."""
        inside_x = self.x <= x < self.x + self.width
        inside_y = self.y <= y < self.y + self.height
        return inside_x and inside_y
