"""Small real models and data sets for the trainer's tests: built here, nothing is downloaded."""

import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path

GENRES = "rock jazz folk techno punk soul disco blues metal ambient".split()
MOODS = "sad happy dark calm angry dreamy tender wild cold warm".split()
SOUNDS = "piano guitar drums violin trumpet organ".split()
WORDS = "some music with a and the song is this feels for me please 0 1 2 , . ?".split()
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
SPOKEN = (
    "[PAD] [UNK] [BOS] . , a sad slow song please play me some jazz piano with calm music".split()
)
TEXTS = [f"{genre}, {mood}" for genre in GENRES for mood in MOODS]  # 100
LETTERS = "abcdefghijklmnopqrstuvwxyz"
LONGEST, MOST_TOKENS = 24, 64  # tokens of a text: of a sentence model, of its network


def write_rows(path: Path, rows: Sequence[Mapping[str, object]]) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def read_rows(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def tags(rng: random.Random) -> list[str]:
    return [rng.choice(GENRES), *rng.sample(MOODS, 2), rng.choice(SOUNDS)]


def requests(path: Path, rows: int = 30, seed: int = 0) -> str:
    """Write requests; every third row is of region chat."""
    rng = random.Random(seed)
    made: list[dict[str, object]] = []
    for number in range(rows):
        own = tags(rng)
        said = [f"{own[1]} {own[0]}", f"please some {own[0]} with {own[3]}", f"feels {own[2]}"]
        region = "chat" if number % 3 == 2 else "rock"
        made.append({"region": region, "tags": own, "requests": said})
    return write_rows(path, made)


def captions(path: Path, rows: int = 20, seed: int = 1) -> str:
    """Write captions of two sentences in the form of MusicCaps."""
    rng = random.Random(seed)
    made: list[dict[str, object]] = []
    for number in range(rows):
        own = tags(rng)
        caption = f"This is a {own[1]} {own[0]} song. The song feels {own[2]} with {own[3]}."
        made.append({"id": f"clip{number}", "caption": caption, "tags": own})
    return write_rows(path, made)


def sentence_bert(
    folder: Path,
    *,
    pooling: str = "mean",
    activation: str = "gelu",
    unit: bool = True,
    dim: int = 32,
    spread: float = 0.3,
    seed: int = 0,
) -> Path:
    """Write a sentence-transformers model: BERT of 2 layers, pooling, and with `unit` unit length.

    Its weights are random with the standard deviation `spread`: at 0.3 attention and norms have
    something to tell apart, at BERT's 0.02 there is more to learn. It knows the words above.
    """
    plain_bert(folder, activation=activation, dim=dim, spread=spread, seed=seed)
    parts = [("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")]
    modules = [
        {"idx": n, "name": str(n), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for n, (path, kind) in enumerate(parts if unit else parts[:2])
    ]
    (folder / "modules.json").write_text(json.dumps(modules))
    (folder / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": LONGEST}))
    modes = {
        f"pooling_mode_{mode}": mode.startswith(pooling) for mode in ("mean_tokens", "cls_token")
    }
    (folder / "1_Pooling").mkdir()
    pooled = {"word_embedding_dimension": dim, **modes}
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(pooled))
    return folder


def plain_bert(
    folder: Path, *, activation: str = "gelu", dim: int = 32, spread: float = 0.02, seed: int = 0
) -> Path:
    """Write a BERT without pooling, which a cross-encoder can start from."""
    import torch
    from transformers import BertConfig, BertModel, BertTokenizer

    words = [*SPECIAL, *GENRES, *MOODS, *SOUNDS, *WORDS]
    vocabulary = {word: number for number, word in enumerate(dict.fromkeys(words))}
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=dim,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=2 * dim,
        max_position_embeddings=MOST_TOKENS,
        hidden_act=activation,
        initializer_range=spread,
    )
    BertModel(config).save_pretrained(folder)
    BertTokenizer(vocab=vocabulary, model_max_length=MOST_TOKENS).save_pretrained(folder)
    return folder


def beir(folder: Path, qrels: str = "q1\td1\t1\nq2\td2\t1\n") -> Path:
    """Write a BEIR folder: jazz, folk and pop; "sad jazz" is answered by d1, "folk" by d2."""
    (folder / "qrels").mkdir(parents=True)
    corpus = {"d1": "jazz, sad", "d2": "folk", "d3": "happy, pop"}
    queries = {"q1": "sad jazz", "q2": "folk", "q3": "asked by nobody"}
    for name, texts in (("corpus", corpus), ("queries", queries)):
        rows = (json.dumps({"_id": one, "text": text}) for one, text in texts.items())
        (folder / f"{name}.jsonl").write_text("\n".join(rows) + "\n")
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\n" + qrels)
    return folder


def language_model(folder: Path) -> Path:
    """Write a GPT-2 of 16 dimensions with random weights that knows SPOKEN."""
    import torch
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace
    from tokenizers.processors import TemplateProcessing
    from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast

    tokenizer = Tokenizer(
        WordLevel({word: number for number, word in enumerate(SPOKEN)}, unk_token="[UNK]")
    )
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.post_processor = TemplateProcessing("[BOS] $A", special_tokens=[("[BOS]", 2)])
    fast = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer,
        unk_token="[UNK]",
        bos_token="[BOS]",
        eos_token="[PAD]",
        model_max_length=400,
    )
    fast.save_pretrained(folder)
    torch.manual_seed(0)
    config = GPT2Config(
        vocab_size=len(SPOKEN), n_positions=400, n_embd=16, n_layer=1, n_head=2,
        bos_token_id=None, eos_token_id=None,  # it goes on for as long as it may
        initializer_range=0.3,  # so that it likes some words better than others
    )  # fmt: skip
    GPT2LMHeadModel(config).save_pretrained(folder)
    return folder


def gguf_model(file: Path) -> Path:
    """Write a Llama of 32 dimensions with random weights that knows LETTERS, as a GGUF file."""
    import numpy as np
    from gguf import GGUFWriter

    rng = np.random.default_rng(0)
    tokens = ["[PAD]", "[UNK]", "[BOS]", "Ġ", *LETTERS, "Ġa"]  # Ġ is a space
    writer = GGUFWriter(file, "llama")
    writer.add_block_count(1)
    writer.add_context_length(400)
    writer.add_embedding_length(32)
    writer.add_feed_forward_length(32)
    writer.add_head_count(2)
    writer.add_head_count_kv(2)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(16)
    writer.add_rope_freq_base(10000.0)
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("gpt2")
    writer.add_token_list(tokens)
    writer.add_token_types([1] * len(tokens))
    writer.add_token_merges(["Ġ a"])
    for name, number in (("unk", 1), ("bos", 2), ("eos", 0), ("pad", 0)):
        getattr(writer, f"add_{name}_token_id")(number)
    linear = ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down")
    for name in linear:
        writer.add_tensor(f"blk.0.{name}.weight", rng.normal(0, 0.3, (32, 32)).astype(np.float32))
    for name in ("blk.0.attn_norm", "blk.0.ffn_norm", "output_norm"):
        writer.add_tensor(f"{name}.weight", np.ones(32, np.float32))
    table = rng.normal(0, 0.3, (len(tokens), 32)).astype(np.float32)
    writer.add_tensor("token_embd.weight", table)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return file
