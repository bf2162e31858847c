"""write_files.py FOLDER [check]: makes FOLDER hold exactly the files on stdin, JSON {path: text}. Prints a line for each that it changes.

With "check" it changes nothing and prints the same. A file is replaced as a whole, so that nobody reads half of it.
"""

import json
import os
import sys
from pathlib import Path


def main(folder, check, wanted):
    os.umask(0o022)
    present = {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}
    for name, text in sorted(wanted.items()):
        if name in present and present[name].read_bytes() == text.encode():
            continue
        print("write " + name)
        if not check:
            write(folder / name, text)
    for name in sorted(set(present) - set(wanted)):
        print("remove " + name)
        if not check:
            present[name].unlink()


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".unfinished")
    unfinished.write_bytes(text.encode())
    unfinished.replace(path)


main(Path(sys.argv[1]), sys.argv[2:] == ["check"], json.load(sys.stdin))
