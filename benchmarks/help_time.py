"""How long `assistant --help` takes, as a ratio to the smallest typer program.

Both run in turn, each in a new process; the ratio of each pair is taken, and its median told.

    python benchmarks/help_time.py
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

PAIRS = 15
ASSISTANT = "from assistant.cli.main import main; main()"
BARE = """
import typer

app = typer.Typer()


@app.command()
def greet(name: str) -> None:
    print(name)


app()
"""


def seconds(script: str) -> float:
    """Wall-clock seconds of one new Python process that shows the help of a program."""
    start = time.perf_counter()
    command = [sys.executable, "-c", script, "--help"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> None:
    for script in (ASSISTANT, BARE):
        seconds(script)  # both are compiled and in the file cache before they count
    pairs = [(seconds(ASSISTANT), seconds(BARE)) for _ in range(PAIRS)]
    ratios = sorted(ours / bare for ours, bare in pairs)
    print(f"assistant --help   {statistics.median(ours for ours, _ in pairs):.3f} s (median)")
    print(f"bare typer --help  {statistics.median(bare for _, bare in pairs):.3f} s (median)")
    spread = f"{ratios[0]:.2f} to {ratios[-1]:.2f}"
    print(f"ratio              {statistics.median(ratios):.2f} ({spread})")


if __name__ == "__main__":
    main()
