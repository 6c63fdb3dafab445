class Stack:
    """Last in, first out."""

    def __init__(self):
        self.items = []

    def push(self, ):
        self.items.append(item)

    def pop(self):
        return self.items.pop()

    def __len__(self):
        return len(self.items)
