"""Our grammars of JSON Schema against Python's jsonschema: json_schema.py PROGRAM WALK [SCHEMAS].

Random schemas over the supported keywords. Every text drawn from a grammar must be a document that
the validator finds valid; every random document that it finds valid must be reachable, and every one
that it finds invalid must not. WALK is tests/json_schema_walk.cpp. Status 1 at the first difference;
without the package: one line and status 77.
"""
import json
import random
import subprocess
import sys

try:
    from jsonschema import Draft202012Validator
except ImportError:
    print("skipped: jsonschema is not in this Python; ./test puts it into .venv-peers")
    sys.exit(77)

NAMES = ["a", "ab", "b", "name", "x y", "q\"t", "n\\b", "", "\u00e9"]
TEXTS = ["", "a", "ab", "\u00e9\u4e2d", "\U0001f600", "line\nbreak", "q\"\\/", "0123456789", "\u0001"]


def literal(rng):
    return rng.choice([None, True, False, 0, 1, -7, 12, 2.5, "x", "", "\u00e9\"", [1, "a"], {"k": 1}, [], {}])


def schema(rng, depth, defs):
    if depth == 0 or rng.random() < 0.35:
        kind = rng.randrange(8)
        if kind == 0:
            return {"enum": rng.sample([None, True, 1, "x", "yes", -3, 2.5, [1, "a"], {"k": None}], rng.randint(1, 4))}
        if kind == 1:
            return {"const": literal(rng)}
        if kind == 2:
            low = rng.randint(-300, 300)
            return {"type": "integer", rng.choice(["minimum", "exclusiveMinimum"]): low,
                    rng.choice(["maximum", "exclusiveMaximum"]): low + rng.randint(2, 900)}
        if kind == 3:
            low = rng.randint(0, 3)
            return {"type": "string", "minLength": low, "maxLength": low + rng.randint(0, 9)}
        if kind == 4 and defs:
            return {"$ref": "#/$defs/" + rng.choice(defs)}
        if kind == 5:
            return {"type": rng.sample(["null", "boolean", "integer", "string"], rng.randint(1, 3))}
        return {"type": rng.choice(["null", "boolean", "integer", "number", "string"])}
    kind = rng.randrange(7)
    if kind == 0:
        return {"anyOf": [schema(rng, depth - 1, defs) for _ in range(rng.randint(1, 3))]}
    if kind == 1:
        return {"oneOf": [{"type": "integer"}, {"type": "string", "minLength": 1}, {"type": "array"}][:rng.randint(1, 3)]}
    if kind == 2:
        return rng.choice([True, {}, {"type": "array"}, {"type": "object"}])
    if kind == 3:
        made = {"type": "array"}
        if rng.random() < 0.5:
            made["items"] = schema(rng, depth - 1, defs)
        if rng.random() < 0.4:
            made["prefixItems"] = [schema(rng, depth - 1, defs) for _ in range(rng.randint(1, 3))]
            if rng.random() < 0.3:
                made["items"] = False
        least = rng.randint(0, 2)
        if rng.random() < 0.5 and made.get("items") is not False:
            made["minItems"] = least
        if rng.random() < 0.5:
            made["maxItems"] = least + rng.randint(0, 4)
        return made
    closed = rng.random() < 0.6
    names = rng.sample(NAMES if closed else NAMES[:-1], rng.randint(0, 4))
    made = {"type": "object", "properties": {name: schema(rng, depth - 1, defs) for name in names},
            "required": [name for name in names if rng.random() < 0.5]}
    if closed:
        made["additionalProperties"] = False
    elif rng.random() < 0.5:
        made["additionalProperties"] = schema(rng, depth - 1, defs)
    return made


def value(rng, made, root, depth=0):
    """A document that is likely to be valid, in the schema's order."""
    if made is True or made == {} or depth > 12:
        return literal(rng)
    if "$ref" in made:
        return value(rng, root["$defs"][made["$ref"].split("/")[-1]], root, depth + 1)
    for key in ("anyOf", "oneOf"):
        if key in made:
            return value(rng, rng.choice(made[key]), root, depth + 1)
    if "const" in made:
        return made["const"]
    if "enum" in made:
        return rng.choice(made["enum"])
    kind = made.get("type", "null")
    kind = rng.choice(kind) if isinstance(kind, list) else kind
    if rng.random() < 0.02:
        return literal(rng)  # likely to be invalid
    if kind == "integer":
        low = made.get("minimum", made.get("exclusiveMinimum", -50))
        return rng.randint(low - 1, made.get("maximum", made.get("exclusiveMaximum", low + 100)) + 1)
    if kind == "string":
        return "".join(rng.choice("ab\u00e9\U0001f600\"\\\n") for _ in range(rng.randint(0, made.get("maxLength", 5) + 1)))
    if kind == "array":
        items, first = made.get("items", True), made.get("prefixItems", [])
        count = rng.randint(0, made.get("maxItems", len(first) + 3) + 1)
        parts = [first[i] if i < len(first) else items for i in range(count)]
        return [value(rng, literal(rng) if part is False else part, root, depth + 1) if part is not False else 1
                for part in parts]
    if kind == "object":
        out = {}
        for name, part in made.get("properties", {}).items():
            if name in made.get("required", []) and rng.random() < 0.97 or rng.random() < 0.5:
                out[name] = value(rng, part, root, depth + 1)
        if made.get("additionalProperties", True) is not False and rng.random() < 0.5:
            out["other"] = value(rng, made.get("additionalProperties", True), root, depth + 1)
        return out
    return {"null": None, "boolean": rng.random() < 0.5, "number": rng.choice([0, -1.5, 2e-7, 123456.75, 1e20])}[kind]


def spelled(rng, document, names_are_ascii):
    """As Python writes it. Names and constants are written as the schema has them, json_schema.h says."""
    indent = rng.choice([None, None, 2])
    separators = (",", ": ") if indent else rng.choice([(",", ":"), (", ", ": ")])
    return json.dumps(document, ensure_ascii=names_are_ascii and rng.random() < 0.3, separators=separators, indent=indent)


def escaped_name(document):
    """Names beside declared ones have no escapes, json_schema.h says."""
    if isinstance(document, dict):
        return any(c in name for name in document for c in "\"\\") or any(map(escaped_name, document.values()))
    return isinstance(document, list) and any(map(escaped_name, document))


def main():
    schemas = int(sys.argv[3]) if len(sys.argv) > 3 else 400
    rng = random.Random(7)
    walk = subprocess.Popen([sys.argv[2]], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")
    drawn = valid = invalid = 0
    for _ in range(schemas):
        root = schema(rng, 3, ["t"])
        root = dict(root) if isinstance(root, dict) else {}
        if root.get("$ref"):
            root = {"type": "array", "items": root}
        root["$defs"] = {"t": {"type": "object", "properties": {"v": {"type": "integer"}, "t": {"$ref": "#/$defs/t"}},
                               "required": ["v"], "additionalProperties": False}}
        validator = Draft202012Validator(root)
        documents = [value(rng, root, root) for _ in range(30)]
        ascii_names = "\\u" not in json.dumps(root)
        texts = [spelled(rng, document, ascii_names) for document in documents]
        walk.stdin.write(json.dumps({"schema": root, "samples": 30, "documents": texts}) + "\n")
        walk.stdin.flush()
        answer = json.loads(walk.stdout.readline())
        for text in answer["samples"]:
            drawn += 1
            try:
                holds = validator.is_valid(json.loads(text))
            except ValueError as wrong:
                sys.exit(f"drawn, and no JSON ({wrong}): {text}\n{json.dumps(root)}")
            if not holds:
                sys.exit(f"drawn, and not valid: {text}\n{json.dumps(root)}")
        for document, text, accepted in zip(documents, texts, answer["accepted"]):
            holds = validator.is_valid(document)
            if holds and not accepted and escaped_name(document):
                continue
            valid, invalid = valid + holds, invalid + (not holds)
            if holds != accepted:
                sys.exit(f"{'valid, and not reachable' if holds else 'reachable, and not valid'}: {text}\n{json.dumps(root)}")
    walk.stdin.close()
    print(f"{schemas} schemas: {drawn} texts drawn and valid, {valid} valid documents reachable, {invalid} others not")
    if drawn < 20 * schemas or valid < 10 * schemas or invalid < schemas // 4:
        sys.exit("too few of a kind to mean anything")


main()
