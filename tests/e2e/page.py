#!/usr/bin/env python3
"""A page of the documents, followed word for word: its shell blocks run one after the other in one shell, as somebody
would paste them, and what the page shows behind a block is what came out of it.

In what is shown, "…" stands for what differs each time, a line of it for any lines; blanks count as one. A block
behind which nothing is shown must succeed, each of its commands. Not run are the lines that build; the port is any
free one.

Usage: page.py PAGE FOLDER-OF-PROGRAMS SOURCE-FOLDER [--print], which prints what came out instead of comparing it"""
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile

page, programs, source = (str(pathlib.Path(word).resolve()) for word in sys.argv[1:4])
SECONDS_MAX = 240


def blocks(text):
    """Each shell block, with what is shown behind it, or None."""
    found = []
    for language, body in re.findall(r"^```([a-z]*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        if language == "sh":
            found.append([body, None])
        elif language == "" and found:
            if found[-1][1] is not None:
                sys.exit(f"two outputs stand behind one block: {body}")
            found[-1][1] = body
    return found


def as_tested(body):
    body = "".join(line for line in body.splitlines(True) if not re.match("(scripts/setup|cmake) ?", line))
    body = body.replace("$PWD/build/release/bin", programs)
    return re.sub(r"tcp://127\.0\.0\.1:[0-9]+", "tcp://127.0.0.1:*", body)


def pattern(shown):
    lines = []
    for line in shown.splitlines():
        if line.strip() == "…":
            lines.append("(?:.*\n)*?")
        else:
            parts = [re.escape(" ".join(part.split())) for part in re.split("( *… *)", line)]
            parts = [".*" if "…" in part else part for part in parts]
            lines.append("".join(parts) + "\n")
    return "".join(lines)


def follow(parts, folder):
    """Runs the blocks; gives what each printed and which of its commands failed."""
    global faults
    script = ["trap 'echo \"$BASH_COMMAND\" >>\"$failed\"' ERR"]
    for number, (body, _) in enumerate(parts):
        script.append(f"failed={folder}/{number}.failed\n{{\n{as_tested(body)}:\n}} >{folder}/{number}.out 2>&1\n")
    pathlib.Path(folder, "script").write_text("\n".join(script), encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OGNIWO_")}
    environment |= {"TMPDIR": folder, "LC_ALL": "C.UTF-8"}
    with subprocess.Popen(["bash", f"{folder}/script"], cwd=source, env=environment, stdin=subprocess.DEVNULL,
                          start_new_session=True) as shell:
        try:
            shell.wait(SECONDS_MAX)
        except subprocess.TimeoutExpired:
            faults += 1
            print("it does not come to an end")
        try:
            # Whatever it has left running; it began a session of its own.
            os.killpg(shell.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    for number in range(len(parts)):
        out, failed = (pathlib.Path(folder, f"{number}.{kind}") for kind in ("out", "failed"))
        yield (out.read_text(encoding="utf-8", errors="replace") if out.exists() else "(was not reached)\n",
               failed.read_text(encoding="utf-8") if failed.exists() else "")


faults = 0
parts = blocks(pathlib.Path(page).read_text(encoding="utf-8"))
with tempfile.TemporaryDirectory() as folder:
    results = list(follow(parts, folder))
for (body, shown), (out, failed) in zip(parts, results):
    if "--print" in sys.argv:
        print(f"$ {body}{out}{'FAILED ' + failed if failed else ''}")
        continue
    got = "".join(" ".join(line.split()) + "\n" for line in out.splitlines())
    if shown is None and (failed or out == "(was not reached)\n"):
        faults += 1
        print(f"failed: {failed}in:\n{body}it said:\n{out}")
    elif shown is not None and not re.fullmatch(pattern(shown), got):
        faults += 1
        print(f"behind:\n{body}is shown:\n{shown}and came:\n{out}")
if len(parts) < 5 or not any(shown for _, shown in parts):
    faults += 1
    print("the page has hardly a block")
sys.exit(faults > 0)
