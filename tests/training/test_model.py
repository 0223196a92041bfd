"""One step's loss and gradients, piece by piece."""

import pytest
import torch

from lugha.training import model as subject
from lugha.training.model import build_model, loss_and_gradients
from lugha.training.plan import TrainSettings


def test_the_loss_in_pieces_and_its_gradients_are_those_of_cross_entropy(
    tiny: TrainSettings, monkeypatch: pytest.MonkeyPatch
):
    """Seven rows at a time, so that pieces are full, cut, and of one row."""
    monkeypatch.setattr(subject, "_LOSS_ROWS", 7)
    windows = torch.randint(2, 320, (4, 25), generator=torch.Generator().manual_seed(0))
    ours, plain = build_model(320, tiny), build_model(320, tiny)
    nats = loss_and_gradients(ours, windows)
    loss = torch.nn.functional.cross_entropy(plain(windows[:, :-1]).logits.transpose(1, 2), windows[:, 1:])
    loss.backward()
    assert nats.shape == (4, 24)
    assert nats.mean().item() == pytest.approx(loss.item(), rel=1e-6)
    for ours_weight, plain_weight in zip(ours.parameters(), plain.parameters(), strict=True):
        torch.testing.assert_close(ours_weight.grad, plain_weight.grad, rtol=1e-4, atol=1e-7)


def test_a_fresh_model_follows_from_the_seed_and_leaves_the_random_state_alone(tiny: TrainSettings):
    before = torch.get_rng_state()
    one, other = build_model(320, tiny), build_model(320, tiny)
    assert torch.equal(before, torch.get_rng_state())
    assert torch.equal(one.lm_head.weight, other.lm_head.weight)
    assert one.lm_head.weight is one.model.embed_tokens.weight
