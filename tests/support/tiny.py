"""Small real models and data sets for the trainer's tests: built here, nothing is downloaded."""

import json
import random
from pathlib import Path

GENRES = "rock jazz folk techno punk soul disco blues metal ambient".split()
MOODS = "sad happy dark calm angry dreamy tender wild cold warm".split()
SOUNDS = "piano guitar drums violin trumpet organ".split()
WORDS = "some music with a and the song is this feels for me please 0 1 2 , . ?".split()
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def write_rows(path: Path, rows: list[dict[str, object]]) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


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


def _bert(folder: Path, seed: int, dim: int) -> None:
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
        max_position_embeddings=64,
    )
    BertModel(config).save_pretrained(folder)
    BertTokenizer(vocab=vocabulary, model_max_length=64).save_pretrained(folder)


def bi_encoder(folder: Path, *, seed: int = 0, dim: int = 32, unit: bool = True) -> str:
    """Write a sentence-transformers model: BERT, mean pooling, and with `unit` unit length."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer

    _bert(folder / "bert", seed, dim)
    parts = [Transformer(str(folder / "bert")), Pooling(dim, "mean")]
    model = SentenceTransformer(modules=[*parts, Normalize()] if unit else parts, device="cpu")
    model.save_pretrained(str(folder / "model"), create_model_card=False)
    return str(folder / "model")


def plain_bert(folder: Path, *, seed: int = 0, dim: int = 32) -> str:
    """Write a transformer without pooling, which a cross-encoder can start from."""
    _bert(folder, seed, dim)
    return str(folder)
