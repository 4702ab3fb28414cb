#!/usr/bin/env python3
"""Writes the vectors of the protocol between phone and server; `--check` only says whether they are as they should be.

    python3 tests/vectors/protocol/make.py            # Python 3.11 or newer, nothing else
    python3 tests/vectors/protocol/make.py --check
    python3 tests/vectors/protocol/make.py --cross    # with `pip install cryptography`: judged a third time

The keys are published and the signatures deterministic, so every run writes the same bytes. What must come of a case is
said here; reader.py, which reads as docs/push-protocol.md says, must agree.
"""

import json
import pathlib
import sys

import derivations
import jws
import words

HERE = pathlib.Path(__file__).parent
PAPER = "docs/push-protocol.md"


def main():
    files = jws.files() | derivations.files() | words.files()
    wrong = [name for name, file in files.items() if not is_written(name, written(file))]
    stale = [path.name for path in HERE.glob("*.json") if path.name not in files]
    if "--cross" in sys.argv:
        derivations.cross(files)
    if "--check" in sys.argv:
        for name in wrong + stale:
            print(f"{name}: not what make.py writes")
        sys.exit(1 if wrong or stale else 0)
    for name, file in files.items():
        (HERE / name).write_text(written(file), encoding="utf-8")
        refused = sum("refused" in case["expect"] for case in file["cases"])
        print(f"{name}: {len(file['cases']) - refused} taken, {refused} refused")
    for name in stale:
        print(f"{name}: nothing here makes it")


def is_written(name, content):
    path = HERE / name
    return path.exists() and path.read_text(encoding="utf-8") == content


def written(file):
    """One case a line."""
    head = "".join(
        f" {json.dumps(name)}: {json.dumps(value, ensure_ascii=False)},\n" for name, value in file.items() if name != "cases"
    )
    cases = ",\n".join("  " + json.dumps(case, ensure_ascii=False) for case in file["cases"])
    return "{\n" + head + ' "cases": [\n' + cases + "\n ]\n}\n"


if __name__ == "__main__":
    main()
