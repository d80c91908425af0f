"""The hub's own Python client, unmodified, against this program: hub_client.py PROGRAM.

Starts `PROGRAM serve` in an empty folder, speaks to it through huggingface_hub and its `hf papers`
commands, and ends with status 1 at the first answer that is not as the hub's would be.
Run in a virtual environment that holds huggingface_hub==2.4.0; without it: one line and status 77.
"""
import datetime
import json
import os
import pathlib
import subprocess
import sys

from served import expect, served

try:
    import huggingface_hub
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError
except ImportError:
    print("skipped: huggingface_hub is not in this Python; ./test puts it into .venv-peers")
    sys.exit(77)

S4D = "2206.11893"
S4D_TITLE = "On the Parameterization and Initialization of Diagonal State Space Models"


def lists(api):
    day = list(api.list_daily_papers(date="2025-10-30", limit=100))
    expect(len(day) == 41, "the day has its 41 papers")
    ids = {paper.id for paper in day}
    expect(S4D in ids and len(ids) == 41, "each of them once")
    expect({p.id for p in api.list_daily_papers(week="2025-W44", limit=100)} == ids, "the week")
    expect({p.id for p in api.list_daily_papers(month="2025-10", limit=100)} == ids, "the month")
    expect(list(api.list_daily_papers(date="2025-10-29")) == [], "an empty day")
    pages = [list(api.list_daily_papers(date="2025-10-30", p=p, limit=10)) for p in range(5)]
    expect([len(page) for page in pages] == [10, 10, 10, 10, 1], "pages of ten")
    expect([p.id for page in pages for p in page] == [p.id for p in day], "pages in one order")
    for sort in ("publishedAt", "trending"):
        expect(len(list(api.list_daily_papers(sort=sort))) == 41, f"sorted by {sort}")
    expect(len(list(api.list_daily_papers(submitter="offprint"))) == 41, "by submitter")
    expect(list(api.list_daily_papers(submitter="nobody")) == [], "by nobody")
    s4d = next(paper for paper in day if paper.id == S4D)
    expect(s4d.title == S4D_TITLE, "title")
    expect([author.name for author in s4d.authors][0] == "Albert Gu", "authors")
    expect(s4d.published_at == datetime.datetime(2022, 6, 23, tzinfo=datetime.timezone.utc),
           "publication date")
    expect(s4d.comments == 0 and not s4d.upvotes, "comments; the client reads no votes as None")
    expect(s4d.submitted_by.username == "offprint", "submitter as a user")
    expect(s4d.github_repo.endswith("state-spaces/s4"), "the authors' repository")
    expect(s4d.offprint["slug"] == "s4d" and s4d.offprint["runs"], "our own fields are kept")


def one_paper(api):
    found = list(api.list_papers(query="monarch", limit=5))
    expect(0 < len(found) <= 5 and found[0].id == "2310.12109", "search names the word first")
    info = api.paper_info(S4D)
    expect(info.id == S4D and info.title == S4D_TITLE, "one paper")
    expect(info.submitted_at is not None, "when it was listed")
    expect(len(info.offprint["claims"]) > 5, "its claims")
    expect(api.read_paper(S4D).startswith("# On the Parameterization"), "as Markdown")
    for ask in (api.paper_info, api.read_paper):
        try:
            ask("0000.00000")
            expect(False, f"{ask.__name__} of an unknown paper")
        except HfHubHTTPError as error:
            expect(error.response.status_code == 404, f"{ask.__name__}: 404 where there is none")
    try:
        list(api.list_daily_papers(date="2025-02-30"))
        expect(False, "a day that does not exist")
    except HfHubHTTPError as error:
        expect(error.response.status_code == 400, "400 on a day that does not exist")


def commands(endpoint):
    hf = pathlib.Path(sys.executable).with_name("hf")
    environment = dict(os.environ, HF_ENDPOINT=endpoint, HF_HUB_DISABLE_TELEMETRY="1")

    def run(*words):
        done = subprocess.run([hf, "papers", *words], env=environment, capture_output=True,
                              text=True, timeout=60)
        if done.returncode != 0:
            raise AssertionError(f"hf papers {' '.join(words)}: {done.stderr}")
        return done.stdout

    listed = json.loads(run("ls", "--date", "2025-10-30", "--limit", "100", "--json"))
    expect(len(listed) == 41, "hf papers ls")
    expect("2310.12109" in run("search", "monarch"), "hf papers search")
    expect(json.loads(run("info", S4D, "--json"))["title"] == S4D_TITLE, "hf papers info")
    expect(run("read", S4D).startswith("# On the Parameterization"), "hf papers read")


def main(program):
    with served(program) as (endpoint, _):
        api = HfApi(endpoint=endpoint)
        print(f"huggingface_hub {huggingface_hub.__version__} on {endpoint}")
        lists(api)
        one_paper(api)
        commands(endpoint)


if __name__ == "__main__":
    main(sys.argv[1])
