"""Runs an export of Klaviyo Export over its HTTP API, with Python's standard library alone.

    KLAVIYO_EXPORT_SERVER=https://exports.example.com KLAVIYO_EXPORT_TOKEN=kex_… python3 klaviyo_export.py "Newsletter readers to Klaviyo"
"""

import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

PAUSE = 5


def call(server, token, method, path, key=None, patience=600):
    """Sends a request, and sends it again while the server does not answer. Raises with the detail of a problem."""
    headers = {"Authorization": f"Bearer {token}", "Prefer": "wait=60"}
    if key:
        headers["Idempotency-Key"] = key
    request = urllib.request.Request(f"{server}/api/v1/{path}", method=method, headers=headers)
    until = time.monotonic() + patience
    while True:
        try:
            with urllib.request.urlopen(request, timeout=90) as response:
                return json.load(response)
        except urllib.error.HTTPError as problem:
            if problem.code not in (409, 429, 502, 503, 504) or time.monotonic() > until:
                raise RuntimeError(f"{problem.code}: {problem.read().decode(errors='replace')}") from None
            time.sleep(int(problem.headers.get("Retry-After", PAUSE)))
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(PAUSE)


def run_export(server, token, name, key):
    """Runs an export and waits for its end. A repeated call with the same key waits for the same run. Returns the run."""
    found = call(server, token, "GET", "exports?" + urllib.parse.urlencode({"name": name}))["items"]
    if not found:
        raise RuntimeError(f"There is no export {name}.")
    run = call(server, token, "POST", f"exports/{found[0]['id']}/runs", key)
    while not run["isFinal"]:
        if run["status"] == "needsApproval":
            raise RuntimeError(f"Run {run['id']} needs approval: {run['outcome']}")
        run = call(server, token, "GET", f"runs/{run['id']}")
    if run["status"] not in ("successful", "completedWithWarnings"):
        raise RuntimeError(f"Run {run['id']} ended as {run['status']}: {run['outcome']}")
    return run


if __name__ == "__main__":
    ended = run_export(os.environ["KLAVIYO_EXPORT_SERVER"], os.environ["KLAVIYO_EXPORT_TOKEN"], sys.argv[1], f"script-{time.time_ns()}")
    print(json.dumps({part: ended[part] for part in ("id", "status", "outcome", "ledger")}, indent=2, ensure_ascii=False))
