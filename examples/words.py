"""Which words a text uses most."""

import sys


def count_words(text):
    counts = {}
    for word in text.lower().split():
        if word not in counts:
            counts[word] = 
        counts[word] += 1
    return counts


def main():
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8") as file:
            counts = count_words(file.read())
        for word in sorted(counts, key=counts.get, reverse=True)[:10]:
            print(counts[word], word)


if __name__ == "__main__":
    main()
