"""A trend as a line of characters, which rise with the numbers."""

BLOCKS = "▁▂▃▄▅▆▇█"
ASCII = "_.-~^"


def spark(numbers, width, levels=BLOCKS):
    """At most `width` characters for these numbers, oldest first: each stands for the mean of as
    many, from the lowest of `levels` for the smallest mean to the highest. All the same is a flat
    line in the middle; fewer than two make no line."""
    if len(numbers) < 2 or width < 1:
        return ""
    count = min(width, len(numbers))
    edges = [i * len(numbers) // count for i in range(count + 1)]
    # Scaled before they are added up: the largest numbers that a float can hold are allowed.
    means = [
        sum(number / (end - start) for number in numbers[start:end])
        for start, end in zip(edges, edges[1:], strict=False)
    ]
    low, high = min(means), max(means)
    span = high / 2 - low / 2
    if not span:
        return levels[(len(levels) - 1) // 2] * count
    top = len(levels) - 1
    return "".join(levels[round((mean / 2 - low / 2) / span * top)] for mean in means)
