"""The cache around an encoder, and CLAP's text tower on random weights."""

from pathlib import Path

import numpy as np
import pytest
import torch

from melscribe_trainer.evaluation.encoders import Remembering, clap_encoder
from melscribe_trainer.evaluation.systems import load_system
from tests.support.fakes import WordAxes

AXES = ("folk", "sad", "happy", "pop", "jazz")


def test_no_text_is_encoded_twice() -> None:
    axes = WordAxes(*AXES)
    encoder = Remembering(axes)
    for _ in range(2):
        assert encoder.encode(["folk", "pop", "folk"])[2] == pytest.approx([1, 0, 0, 0, 0, 0])
    assert axes.encoded == ["folk", "pop"]
    assert encoder.encode([]).shape == (0, 6)


@pytest.fixture
def clap(tmp_path: Path) -> Path:
    """Write a CLAP model of 8 dimensions with random weights that knows five words."""
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Whitespace
    from transformers import ClapAudioConfig, ClapConfig, ClapModel, ClapTextConfig
    from transformers import PreTrainedTokenizerFast as Fast

    words = ["<s>", "<pad>", "</s>", "<unk>", ",", *AXES]
    text = ClapTextConfig(
        vocab_size=len(words),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=40,
        projection_dim=8,
        initializer_factor=15.0,
    )
    audio = ClapAudioConfig(
        hidden_size=16,
        patch_embeds_hidden_size=4,
        depths=[1, 1],
        num_attention_heads=[1, 1],
        num_mel_bins=16,
        spec_size=64,
        projection_dim=8,
    )
    torch.manual_seed(0)
    config = ClapConfig(text_config=text.to_dict(), audio_config=audio.to_dict(), projection_dim=8)
    ClapModel(config).save_pretrained(tmp_path)
    tokenizer = Tokenizer(
        WordLevel({word: number for number, word in enumerate(words)}, unk_token="<unk>")
    )
    tokenizer.pre_tokenizer = Whitespace()
    Fast(tokenizer_object=tokenizer, pad_token="<pad>", unk_token="<unk>").save_pretrained(tmp_path)  # type: ignore[no-untyped-call]
    return tmp_path


def test_claps_text_tower_is_a_system(clap: Path) -> None:
    from transformers import AutoTokenizer, ClapModel

    texts = ["folk, sad", "pop", "happy, jazz, pop"]
    model, tokenizer = ClapModel.from_pretrained(clap), AutoTokenizer.from_pretrained(clap)
    with torch.inference_mode():
        alone = [model.get_text_features(**tokenizer(text, return_tensors="pt")) for text in texts]
    expected = np.concatenate([getattr(one, "pooler_output", one).numpy() for one in alone])
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    # Padding beside a longer text changes nothing.
    assert clap_encoder(str(clap)).encode(texts) == pytest.approx(expected, abs=1e-5)
    assert load_system(f"clap:{clap}").rank(["pop"], texts, 1) == [[1]]
