"""The JSON API against its own description, /api/openapi.json: api_contract.py PROGRAM.

schemathesis asks each described operation for what its schema allows and for what it does not, and
checks status, type and shape of every answer. Needs schemathesis; without it: one line, status 77.
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import urllib.request

from served import expect, served

try:
    import schemathesis
except ImportError:
    print("skipped: schemathesis is not in this Python; ./test puts it into .venv-peers")
    sys.exit(77)

SECONDS = 30
# What a schema cannot say: at most one of three parameters; two runs that have cards; events do not
# end while the run waits; the queue has an end, which is no failure of the server's.
SETTINGS = """
[checks]
not_a_server_error.expected-statuses = ["2xx", "3xx", "4xx", "503"]

[[operations]]
include-operation-id = ["listDailyPapers", "searchPapers"]
checks.positive_data_acceptance.enabled = false

[[operations]]
include-operation-id = ["getCard", "compareRuns"]
checks.ensure_resource_availability.enabled = false
"""


def post(address, body):
    request = urllib.request.Request(address, json.dumps(body).encode(),
                                     {"Content-Type": "application/json"})
    return json.load(urllib.request.urlopen(request))


def main(program):
    with served(program, "--runs", "0") as (endpoint, _), tempfile.TemporaryDirectory() as folder:
        print(f"schemathesis {schemathesis.__version__} on {endpoint}", flush=True)
        run = post(endpoint + "/api/runs", {"slug": "s4d"})
        expect(run["id"] == 1, "a run waits")
        post(endpoint + "/api/papers/s4d/comments", {"text": "Good"})
        settings = pathlib.Path(folder) / "schemathesis.toml"
        settings.write_text(SETTINGS)
        done = subprocess.run(
            [sys.executable, "-m", "schemathesis.cli", "--config-file", settings, "run",
             endpoint + "/api/openapi.json", "--exclude-operation-id", "followRun", "--seed", "1",
             "--max-time", str(SECONDS), "--max-examples", "25", "--request-timeout", "10",
             "--no-color", "--suppress-health-check", "all", "--generation-database", "none",
             "--warnings", "off"],
            cwd=folder, timeout=240)
        expect(done.returncode == 0, "every answer is as described")


if __name__ == "__main__":
    main(sys.argv[1])
