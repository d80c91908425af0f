"""Our byte-pair tokeniser against the reference: byte_pair.py PROGRAM.

Trains a small vocabulary with `tokenizers` for each way to cut a text (GPT-2, SmolLM, Llama 3,
Qwen 2), and compares what both make of 25 000 random Unicode strings and of this project's own
texts. Status 1 at the first difference; without the package: one line and status 77.
"""
import json
import pathlib
import random
import subprocess
import sys
import tempfile

try:
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers, trainers
except ImportError:
    print("skipped: tokenizers is not in this Python; ./test puts it into .venv-peers")
    sys.exit(77)

ROOT = pathlib.Path(__file__).resolve().parents[2]
LLAMA3 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*"
          r"|\s*[\r\n]+|\s+(?!\S)|\s+")
HARD = ["'s", "'t", "'re", "'LL", "'D", "'\u017f", "123", "4567", "\u0663", "\u2167", "\u00bd", "\u00e9", "e\u0301",
        "\u4e2d", "\ud55c", "\U0001f44d\U0001f3fd", "\u00a0", "\u2003", "\u200d", "\u0085", "<|end|>", "<|end", "\r\n"]


def pre_tokenizer(family):
    def level(regex):
        return pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=regex)

    if family == "gpt2":
        return level(True)
    if family == "smollm":
        return pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), level(True)])
    pattern = LLAMA3 if family == "llama3" else LLAMA3.replace(r"\p{N}{1,3}", r"\p{N}")
    return pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(pattern), "isolated"), level(False)])


def character(rng):
    kind = rng.random()
    if kind < 0.35:
        return chr(rng.randrange(0x20, 0x7F))
    if kind < 0.5:
        return rng.choice(" \n\t\r  '.,!?-<|>")
    if kind < 0.6:
        return rng.choice(HARD)
    if kind < 0.85:
        return chr(rng.randrange(0xA0, 0x3000))
    point = rng.randrange(0x3000, 0x30000)
    return chr(point) if not 0xD800 <= point < 0xE000 else "\ufffd"


def texts():
    own = [path.read_text() for path in sorted(ROOT.glob("docs/**/*.md"))]
    own += [path.read_text() for path in sorted(ROOT.glob("offprint/data/*.cpp"))]
    rng = random.Random(1)
    strings = ["".join(character(rng) for _ in range(rng.randrange(1, 40))) for _ in range(25_000)]
    return own, strings + own


def main(program):
    own, all_texts = texts()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        lines, tables = folder / "lines.jsonl", folder / "tokenizer.json"
        lines.write_text("".join(json.dumps(text) + "\n" for text in all_texts))
        for family in ["gpt2", "smollm", "llama3", "qwen2"]:
            reference = Tokenizer(models.BPE(ignore_merges=family == "llama3"))
            reference.pre_tokenizer = pre_tokenizer(family)
            reference.train_from_iterator(own, trainers.BpeTrainer(
                vocab_size=4000, special_tokens=["<|end|>"], show_progress=False,
                initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
            reference.save(str(tables))
            said = subprocess.run([program, "data", "tokens", "--model", tables, "--lines", lines],
                                  check=True, capture_output=True, text=True).stdout.splitlines()
            expected = reference.encode_batch(all_texts)
            assert len(said) == len(expected), f"{family}: {len(said)} lines, expected {len(expected)}"
            for text, ours, theirs in zip(all_texts, said, expected):
                assert ours == " ".join(map(str, theirs.ids)), f"{family}: {json.dumps(text)[:300]}: {ours[:300]}"
            print(f"ok: {family}: {len(said)} texts, no difference")


main(sys.argv[1])
