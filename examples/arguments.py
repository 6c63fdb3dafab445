"""Prints the files that it is given."""

import os
import 


def read(path):
    with open(path, "r") as f:
        return f.read()


def main():
    for path in sys.argv[1:]:
        print(os.path.basename(path))
        print(read(path))


if __name__ == "__main__":
    main()
