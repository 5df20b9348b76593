"""A sentence-transformers folder made on the spot: a small BERT with random weights."""

from __future__ import annotations

import json
from pathlib import Path

MARKS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
GENRES = ["ambient", "blues", "country", "disco", "folk", "funk", "jazz", "metal", "pop", "punk"]
MOODS = ["angry", "calm", "dark", "dreamy", "happy", "loud", "mellow", "sad", "slow", "warm"]
TEXTS = [f"{genre}, {mood}" for genre in GENRES for mood in MOODS]
LONGEST = 24  # tokens


def tiny_bert(
    folder: Path, *, pooling: str = "mean", activation: str = "gelu", seed: int = 0
) -> Path:
    """Write a model of 32 dimensions, 2 layers and 2 heads that knows the words of TEXTS."""
    words = {word: number for number, word in enumerate([*MARKS, ",", *GENRES, *MOODS])}
    _write_network(folder, len(words), activation, seed)
    _write_tokenizer(folder, words)
    modules = [("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")]
    listed = [
        {
            "idx": index,
            "name": str(index),
            "path": path,
            "type": f"sentence_transformers.models.{of}",
        }
        for index, (path, of) in enumerate(modules)
    ]
    (folder / "modules.json").write_text(json.dumps(listed))
    (folder / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": LONGEST}))
    modes = {
        f"pooling_mode_{mode}": mode.startswith(pooling) for mode in ("mean_tokens", "cls_token")
    }
    (folder / "1_Pooling").mkdir()
    pooled = {"word_embedding_dimension": 32, **modes}
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(pooled))
    return folder


def _write_network(folder: Path, words: int, activation: str, seed: int) -> None:
    import torch
    from transformers import BertConfig, BertModel

    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=words,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=40,
        hidden_act=activation,
        initializer_range=0.3,  # so that attention and norms have something to tell apart
    )
    BertModel(config).save_pretrained(folder, safe_serialization=True)


def _write_tokenizer(folder: Path, words: dict[str, int]) -> None:
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.WordPiece(words, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    ends = [(mark, words[mark]) for mark in ("[CLS]", "[SEP]")]
    tokenizer.post_processor = processors.TemplateProcessing("[CLS] $A [SEP]", None, ends)
    PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
        model_max_length=40,
    ).save_pretrained(folder)
