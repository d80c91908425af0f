"""Token masks of a JSON Schema by xgrammar: fill the mask, accept the document's token, and so on."""
import json

import xgrammar

from answer import answer


def prepare(request):
    with open(request["vocabulary"]) as file:
        known = json.load(file)
    info = xgrammar.TokenizerInfo(known["tokens"], vocab_type=xgrammar.VocabType.BYTE_LEVEL,
                                  stop_token_ids=known["ends"])
    compiled = xgrammar.GrammarCompiler(info).compile_json_schema(request["schema"])
    mask = xgrammar.allocate_token_bitmask(1, info.vocab_size)
    matcher = xgrammar.GrammarMatcher(compiled)

    def work():
        for _ in range(request["rounds"]):
            matcher.reset()
            for token in request["tokens"]:
                matcher.fill_next_token_bitmask(mask)
                assert matcher.accept_token(token)

    work()
    return work


answer(prepare)
