"""Our chat templates against Jinja itself: chat_template.py PROGRAM.

Templates in the styles of the model families (and the one inside SmolLM2's file where it is installed), set up as
transformers sets Jinja up, on random conversations with and without tools; and short templates that try one piece
of the language each. Status 1 at the first difference; without the package: one line and status 77.
"""
import json
import pathlib
import random
import subprocess
import sys
import tempfile

try:
    import jinja2
    import jinja2.ext
    import jinja2.sandbox
except ImportError:
    print("skipped: jinja2 is not in this Python; ./test puts it into .venv-peers")
    sys.exit(77)

FAMILIES = {
    "chatml": r"""{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}
{{ '<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n' }}{% endif %}
{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}{% endfor %}
{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}""",
    "headers": r"""{%- set loop_messages = messages -%}
{%- for message in loop_messages -%}
    {%- set content = '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n' + message['content'] | trim + '<|eot_id|>' -%}
    {%- if loop.index0 == 0 -%}{%- set content = bos_token + content -%}{%- endif -%}
    {{- content -}}
{%- endfor -%}
{%- if add_generation_prompt -%}{{- '<|start_header_id|>assistant<|end_header_id|>\n\n' -}}{%- endif -%}""",
    "tools": r"""{%- if tools %}
    {{- '<|im_start|>system\n' }}
    {%- if messages[0].role == 'system' %}
        {{- messages[0].content + '\n\n' }}
    {%- endif %}
    {{- "# Tools\n<tools>" }}
    {%- for tool in tools %}
        {{- "\n" }}
        {{- tool | tojson }}
    {%- endfor %}
    {{- "\n</tools><|im_end|>\n" }}
{%- else %}
    {%- if messages[0].role == 'system' %}
        {{- '<|im_start|>system\n' + messages[0].content + '<|im_end|>\n' }}
    {%- endif %}
{%- endif %}
{%- set ns = namespace(multi_step_tool=true, last_query_index=messages|length - 1) %}
{%- for message in messages[::-1] %}
    {%- set index = (messages|length - 1) - loop.index0 %}
    {%- if ns.multi_step_tool and message.role == "user" and not(message.content.startswith('<tool_response>') and message.content.endswith('</tool_response>')) %}
        {%- set ns.multi_step_tool = false %}
        {%- set ns.last_query_index = index %}
    {%- endif %}
{%- endfor %}
{%- for message in messages %}
    {%- if (message.role == "user") or (message.role == "system" and not loop.first) %}
        {{- '<|im_start|>' + message.role + '\n' + message.content + '<|im_end|>' + '\n' }}
    {%- elif message.role == "assistant" %}
        {%- set content = message.content %}
        {%- if '</think>' in content %}
            {%- set content = content.split('</think>')[-1].lstrip('\n') %}
        {%- endif %}
        {%- if loop.index0 > ns.last_query_index and (loop.last or loop.previtem) %}
            {{- '<|im_start|>' ~ message.role ~ '\n<think>\n' ~ loop.index ~ '\n</think>\n\n' ~ content.lstrip('\n') }}
        {%- else %}
            {{- '<|im_start|>' + message.role + '\n' + content }}
        {%- endif %}
        {%- for call in message.tool_calls | default([]) %}
            {%- if (loop.first and content) or (not loop.first) %}
                {{- '\n' }}
            {%- endif %}
            {{- '<tool_call>\n{"name": "' ~ call.name ~ '", "arguments": ' }}
            {%- if call.arguments is string %}
                {{- call.arguments }}
            {%- else %}
                {{- call.arguments | tojson }}
            {%- endif %}
            {{- '}\n</tool_call>' }}
        {%- endfor %}
        {{- '<|im_end|>\n' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\n' }}
    {%- if enable_thinking is defined and enable_thinking is false %}
        {{- '<think>\n\n</think>\n\n' }}
    {%- endif %}
{%- endif %}""",
    "brackets": r"""{%- if messages[0]["role"] == "system" %}
    {%- set system_message = messages[0]["content"] %}
    {%- set loop_messages = messages[1:] %}
{%- else %}
    {%- set loop_messages = messages %}
{%- endif %}
{%- set user_messages = loop_messages | selectattr("role", "equalto", "user") | list %}
{{- bos_token }}
{%- for message in loop_messages %}
    {%- if message["role"] == "user" %}
        {%- if tools is not none and (message == user_messages[-1]) %}
            {{- "[AVAILABLE_TOOLS] [" }}
            {%- for tool in tools or [] %}
                {{- '{"type": "function", "function": {' }}
                {%- for key, val in tool.items() if key != "type" %}
                    {%- if val is string %}
                        {{- '"' + key + '": "' + val + '"' }}
                    {%- else %}
                        {{- '"' + key + '": ' + val|tojson }}
                    {%- endif %}
                    {%- if not loop.last %}
                        {{- ", " }}
                    {%- endif %}
                {%- endfor %}
                {{- "}}" }}{{ "," if not loop.last else "]" }}
            {%- endfor %}
            {{- "[/AVAILABLE_TOOLS]" }}
        {%- endif %}
        {%- if loop.last and system_message is defined %}
            {{- "[INST] " + system_message + "\n\n" + message["content"] + "[/INST]" }}
        {%- else %}
            {{- "[INST] " + message["content"] + "[/INST]" }}
        {%- endif %}
    {%- elif message["role"] == "assistant" %}
        {{- " " + message["content"]|trim + eos_token }}
    {%- endif %}
{%- endfor %}""",
    "turns": r"""{{ bos_token }}{% for message in messages %}{% if message['role'] == 'assistant' %}{% set role = 'model' %}{% else %}{% set role = message['role'] %}{% endif %}
{{ '<start_of_turn>' + role + '\n' + message['content'] | trim + '<end_of_turn>\n' }}{% endfor %}
{% if add_generation_prompt %}{{'<start_of_turn>model\n'}}{% endif %}
""",
    "macros": r"""{% macro turn(role, text, close=true) %}<{{ role|upper }}>{{ text | replace("<", "&lt;") }}{% if close %}</{{ role }}>{% endif %}{% endmacro %}
{# a comment
over lines #}
{% for m in messages %}
    {% if m.role == "system" %}{% continue %}{% endif %}
  {{ turn(m.role, m.content, close=not loop.last) }}
{% else %}
nothing said
{% endfor %}
{% set joined %}{% for m in messages %}{{ m.content|length }}{{ "," if not loop.last }}{% endfor %}{% endset %}
{{ joined }} {{ joined|length }}
""",
}
# One expression each; printed.
EXPRESSIONS = r"""
1 + 2 * 3 - 4 // 3
7 % 3, -7 % 3, -7 // 3, 7 / 2, 2 ** 5
"a" ~ 1 ~ none ~ true ~ 1.5 ~ 1e3
"a" * 3 ~ "|"
1 < 2 and 2 <= 2 or false
not 1 == 2
1 in [1, 2] and 3 not in [1, 2] and "b" in "abc" and "x" in {"x": 1}
"yes" if 1 > 2
"yes" if 1 > 2 else "no"
[1, 2.0, "x", none, true, {"k": [1]}]
{"a": 1, "b": "it's"}
"äöü€😀"|length, "äöü"[1], "äöü"[-1], "äöüß"[1:3], "abcdef"[::-1], "abcdef"[::2], "abcdef"[4:1:-1]
[1, 2, 3][1:], [1, 2, 3][:-1], [1, 2, 3][-2:], [1, 2, 3][::-1]
" x y ".strip() ~ "|" ~ " x ".lstrip() ~ "|" ~ " x ".rstrip() ~ "|" ~ "xxaxx".strip("x") ~ "|" ~ "  　a".strip()
"a,b,,c".split(","), "a b  c".split(), "a,b,c".split(",", 1), "a,b,c".rsplit(",", 1), " a b c ".split(none, 1)
"abc".startswith("ab"), "abc".endswith("x"), "abc".find("c"), "aXbX".replace("X", "-"), "aXbX".replace("X", "-", 1)
"Hello wOrld it's"|title, "hELLO"|capitalize, "straße"|upper, "ÀÉ"|lower, "hello world".title()
[3, 1, 2]|sort, ["b", "A", "c"]|sort, [3, 1, 2]|sort(reverse=true), ["b", "A"]|sort(case_sensitive=true)
[{"n": 2}, {"n": 1}]|sort(attribute="n")|map(attribute="n")|list
[{"r": "u", "c": 1}, {"r": "a", "c": 2}]|selectattr("r", "eq", "u")|map(attribute="c")|join(",")
[{"r": "u"}, {"r": "a"}, {}]|rejectattr("r", "equalto", "u")|list|length
[{"r": 0}, {"r": 1}]|selectattr("r")|list, [0, 1, 2, ""]|select|list, [1, 2, 3]|reject("odd")|list, [1, 2, 3, 4]|select("divisibleby", 2)|list
["a", "b"]|map("upper")|join("-"), [1, 2]|join, ["x"]|first, ["x", "y"]|last, []|first|default("none")
undefined_name|default("d"), ""|default("d"), ""|default("d", true), none|d("x"), undefined_name is defined, undefined_name is undefined
1 is number, 1.0 is float, 1 is integer, "s" is string, {} is mapping, [] is iterable, [] is sequence, none is none, true is boolean, 3 is odd, 4 is even
3 is divisibleby 3, 3 is gt 2, 3 is in [1, 3], 3 is not in [1], "x" is eq "x", "x" is ne "y", true is true, 1 is true
{"b": 1, "a": [1, {"c": null_value}]}|tojson, {"ä": "ö\n\"q\" <tag> & '"}|tojson, [1, 2.5, true, none]|tojson
{"a": 1, "b": [1, 2], "c": {}, "d": []}|tojson(indent=2)
{"a": 1}|items|list|tojson, {"b": 1, "a": 2}|dictsort|tojson, {"a": 1}.items()|list|tojson, {"a": 1}.keys()|list, {"a": 1}.values()|list, {"a": 1}.get("a"), {"a": 1}.get("x"), {"a": 1}.get("x", 5)
range(5)|list, range(2, 8, 3)|list, range(5, 0, -2)|list
[1, 2, 2, 3, 1]|unique|list, [1, 2, 3]|sum, [1, 2, 3]|max, [3, 1]|min, "abc"|list, "abc"|reverse, [1, 2]|reverse|list
"42"|int + 1, "x"|int, 3.7|int, "1.5"|float, 2|float, 2.5|round, 2.567|round(2), -3|abs, 5|string + "x"
"a\nb\n\nc"|indent(2), "a\nb"|indent(2, true), "a\nb"|indent("> ")
"  pad "|trim ~ "|", "xyx"|trim("x"), "one two".split()[1].upper()
(1, 2)|tojson, (1,)|tojson, 1 if true else 2, ("a" "b")
dict(a=1, b=2), namespace(x=3).x, [[1, 2], [3]][0][1], {"a": {"b": "c"}}.a.b, {"a": {"b": "c"}}["a"]["b"]
messages[0].content, messages[0]["role"], messages[-1].role, messages|length, (messages|last).role
"%s" ~ "\t|\\n|\n" ~ 'it''s'
1.0, 0.1, 1e-7, 123456789.123, 1e16, 100000.0, -0.5
not none, not [], not {}, not "", not 0, not [0]
""" + "true and false or true, none or 5, [] or 'x', 'x' and 'y', 0 or 0.0"

TEXTS = ["Hello!", "  spaced out \n", "Zwölf Boxkämpfer", "日本語のテキスト", "😀 emoji 👍🏽", "<|im_end|> tricky", "a\nb\n\nc", "",
         "{{ not a template }}", "{% raw %}", "quotes \" and ' and \\", "<tool_response>x</tool_response>",
         "<think>hm</think>\n\nSo.", "\u00a0nbsp\u3000"]


def environment():
    def tojson(value, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
        return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)

    def refuse(message):
        raise jinja2.exceptions.TemplateError(message)

    env = jinja2.sandbox.ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True,
                                                       extensions=[jinja2.ext.loopcontrols])
    env.filters["tojson"] = tojson
    env.globals["raise_exception"] = refuse
    return env


def conversation(rng):
    messages = []
    if rng.random() < 0.5:
        messages.append({"role": "system", "content": rng.choice(TEXTS)})
    for turn in range(rng.randrange(1, 5)):
        messages.append({"role": "user", "content": rng.choice(TEXTS)})
        if turn % 2 == 0 or rng.random() < 0.7:
            answer = {"role": "assistant", "content": rng.choice(TEXTS)}
            if rng.random() < 0.3:
                answer["tool_calls"] = [{"name": f"tool{i}", "arguments": rng.choice(
                    ['{"raw": 1}', {"city": "Köln", "n": 1.5, "deep": [None, True]}])} for i in range(rng.randrange(1, 3))]
            messages.append(answer)
    given = {"messages": messages, "add_generation_prompt": rng.random() < 0.5, "bos_token": "<s>", "eos_token": "</s>",
             "null_value": None}
    given["tools"] = rng.choice([None, [{"type": "function", "name": "weather", "description": "tells \"it\"",
                                         "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}},
                                        {"type": "function", "name": "time", "parameters": {}}]])
    if rng.random() < 0.3:
        given["enable_thinking"] = rng.random() < 0.5
    return given


def compare(program, folder, name, text, given):
    template, lines = folder / "template.jinja", folder / "lines.jsonl"
    template.write_text(text, newline="")
    lines.write_text("".join(json.dumps(variables) + "\n" for variables in given))
    ran = subprocess.run([program, "data", "chat-template", "--model", template, "--lines", lines],
                         capture_output=True, text=True)
    assert ran.returncode == 0, f"{name}: {ran.stderr}"
    said = ran.stdout.splitlines()
    reference = environment().from_string(text)
    assert len(said) == len(given), f"{name}: {len(said)} lines, expected {len(given)}"
    for variables, ours in zip(given, said):
        theirs = reference.render(**variables)
        assert json.loads(ours) == theirs, f"{name}: {json.dumps(variables)}\n{text[:300]}\nours   {ours}\ntheirs {json.dumps(theirs, ensure_ascii=False)}"


def installed_template(program):
    said = subprocess.run([program, "data", "where", "smollm2"], capture_output=True, text=True)
    folder = pathlib.Path(said.stdout.strip().splitlines()[-1]) if said.returncode == 0 and said.stdout.strip() else None
    return next(iter(folder.glob("*.gguf")), None) if folder and folder.is_dir() else None


def main(program):
    rng = random.Random(1)
    given = [conversation(rng) for _ in range(300)]
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for name, text in FAMILIES.items():
            compare(program, folder, name, text, given)
            compare(program, folder, name + ", CRLF", text.replace("\n", "\r\n"), given[:20])
            print(f"ok: {name}: {len(given)} conversations, no difference")
        expressions = [line for line in EXPRESSIONS.strip().splitlines() if line]
        for expression in expressions:
            compare(program, folder, expression, "{{ [" + expression + "] }}", given[:1])
        print(f"ok: {len(expressions)} lines of expressions, no difference")
        model = installed_template(program)
        if model is not None:
            lines = folder / "lines.jsonl"
            lines.write_text("".join(json.dumps(variables) + "\n" for variables in given))
            subprocess.run([program, "data", "chat-template", "--model", model, "--lines", lines], check=True,
                           capture_output=True)
            print(f"ok: the template inside {model.name} runs")


main(sys.argv[1])
