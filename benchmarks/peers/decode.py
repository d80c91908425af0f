"""llama.cpp on the same file and tokens, through its C interface: steps of one token, or a whole text."""
import llama_cpp as lib

from answer import answer

models = {}


def context(path, threads, size):
    if (path, threads) not in models:
        models[path, threads] = lib.Llama(path, n_ctx=size, n_threads=threads, n_threads_batch=threads,
                                          n_batch=512, verbose=False)
    return models[path, threads]._ctx.ctx


def prepare(request):
    ctx = context(request["model"], request["threads"], request["context"])
    memory = lib.llama_get_memory(ctx)
    prompt, steps = request["prompt"], request["steps"]

    def read(tokens):
        array = (lib.llama_token * len(tokens))(*tokens)
        assert lib.llama_decode(ctx, lib.llama_batch_get_one(array, len(tokens))) == 0
        return lib.llama_get_logits_ith(ctx, -1)[0]

    def work():
        if not steps:
            lib.llama_memory_clear(memory, True)
            read(prompt)
            return
        lib.llama_memory_seq_rm(memory, 0, len(prompt), -1)
        for token in steps:
            read([token])

    lib.llama_memory_clear(memory, True)
    if steps:
        read(prompt)
    return work


answer(prepare)
