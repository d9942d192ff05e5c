"""Where the board's program is."""

BOOTING = "booting"
PROGRAM = "program"
PROMPT = "prompt"
INPUT = "input"  # at the prompt, where something is being typed
