"""What the driver of the node cases does not look at: challengers, and what is refused.
usage: check.py rehearsing|agreement|refusals --cases DIR --management HOST:PORT [--data HOST:PORT]"""
import argparse, json, os, sys, tempfile, time, urllib.request

PATIENCE_SECONDS = 300
parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("what", choices=["rehearsing", "agreement", "refusals"])
parser.add_argument("--cases", required=True)
parser.add_argument("--management", required=True)
parser.add_argument("--data")
arguments = parser.parse_args()


def get(address, path, body=None):
    with urllib.request.urlopen(urllib.request.Request("http://" + address + path, data=body)) as answer:
        return json.load(answer)


def index(split):
    with open(os.path.join(arguments.cases, split, "index.json")) as file:
        return {case["name"]: case for case in json.load(file)["cases"]}


def challengers():
    """Version 2 of every shown case, by the case's name."""
    shown = index("shown")
    return {model["name"]: challenger for model in get(arguments.management, "/models")["models"]
            for challenger in model["challengers"] if model["name"] in shown and challenger["version"] == "2"}


def await_all(settled):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        found = challengers()
        if len(found) == len(index("shown")) and all(settled(challenger) for challenger in found.values()):
            return found
        if time.monotonic() > deadline:
            waiting = [name for name in index("shown") if name not in found or not settled(found[name])]
            sys.exit("still waiting for the challengers of %s" % ", ".join(waiting[:10]))
        time.sleep(0.5)


def rehearsing():
    found = await_all(lambda challenger: challenger["state"] in ("shadowing", "refused"))
    refused = {name: challenger["reason"] for name, challenger in found.items() if challenger["state"] == "refused"}
    for name, reason in refused.items():
        print("FAIL %s: the same graph is refused as its challenger: %s" % (name, reason))
    return not refused


def agreement():
    found = await_all(lambda challenger: challenger["ledger"]["in_flight"] == 0)
    # A case of which only the shape is right or wrong is one that draws lots.
    fixed = {name for name, case in index("shown").items() if case["compare"] == "values"}
    wrong, compared = [], 0
    for name, challenger in sorted(found.items()):
        ledger, agreed = challenger["ledger"], challenger["agreement"]
        compared += ledger["compared"]
        if not ledger["compared"] == ledger["sampled"] > 0 or (name in fixed and agreed != 1):
            wrong.append("FAIL %s: ledger %s agreement %s" % (name, ledger, agreed))
    print("\n".join(wrong + ["%d comparisons of %d cases with themselves, %d cases do not agree"
                             % (compared, len(found), len(wrong))]))
    return compared > 0 and not wrong


def refusals():
    known = index("refuse")
    found = {entry["name"]: entry for entry in get(arguments.data, "/v2/repository/index", b"{}")}
    silent, served = [], []
    for name in known:
        entry = found.get(name, {"state": "MISSING", "reason": ""})
        if entry["state"] == "READY":
            served.append(name)
        elif entry["state"] != "UNAVAILABLE" or not entry["reason"] or tempfile.gettempdir() in entry["reason"]:
            silent.append("FAIL %s: %s %r" % (name, entry["state"], entry["reason"]))
    print("\n".join(silent + ["%d of %d unservable models refused with a reason; loaded all the same: %s"
                              % (len(known) - len(silent) - len(served), len(known), ", ".join(served) or "none")]))
    return not silent


sys.exit(0 if globals()[arguments.what]() else 1)
