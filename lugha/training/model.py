"""The model that is trained: a small Llama of transformers, its files, and one step's loss and gradients.

A standard shape, so that a checkpoint opens with AutoModelForCausalLM and AutoTokenizer wherever somebody takes it.
Files are written here rather than by `save_pretrained`, which shows progress bars and rewrites the tokenizer: the
tokenizer.json of a checkpoint has the digest of its mixture. Knows nothing of data order or of resuming.
"""

import json
from pathlib import Path
from typing import TYPE_CHECKING

from lugha.training.checkpoint import BrokenCheckpoint, verify
from lugha.training.plan import TrainSettings
from lugha.training.tokenizer import BOS, BOS_ID, PAD, PAD_ID, BrokenTokenizer, open_tokenizer

if TYPE_CHECKING:
    from tokenizers import Tokenizer
    from torch import Tensor
    from torch.optim import Optimizer
    from transformers import LlamaForCausalLM, PreTrainedModel

WEIGHTS = "model.safetensors"
TOKENIZER = "tokenizer.json"
OPTIMIZER = "optimizer.safetensors"
# Rows of the output layer held at once. The logits of 256 tokens stay in the cache; those of a whole batch (33 MB at
# 2,048 tokens and a vocabulary of 4,096) are written and read five times over: 26-38 % more tokens per second on one
# thread.
_LOSS_ROWS = 256


def build_model(vocab_size: int, settings: TrainSettings) -> "LlamaForCausalLM":
    """A fresh model in float32 with tied embeddings; its weights follow from settings.seed, and the global random state
    stays as it was.
    """
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    config = LlamaConfig(
        vocab_size=vocab_size,
        hidden_size=settings.dim,
        intermediate_size=max(
            32, settings.dim * 8 // 3 // 32 * 32
        ),  # 8/3 of the width, as in Touvron et al. 2023, in whole 32s
        num_hidden_layers=settings.layer_count,
        num_attention_heads=settings.head_count,
        num_key_value_heads=settings.head_count,
        max_position_embeddings=settings.seq_len,
        tie_word_embeddings=True,
        bos_token_id=BOS_ID,
        eos_token_id=BOS_ID,
        pad_token_id=PAD_ID,
        architectures=["LlamaForCausalLM"],
        dtype="float32",
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(settings.seed)
        return LlamaForCausalLM(config)


def load_weights(model: "PreTrainedModel", folder: Path) -> None:
    """Copy the weights of a checkpoint folder into the memory of `model`. A copy, because arithmetic on memory that a
    file was mapped to may be aligned otherwise, and then sums differ in their last bit.
    Raises RuntimeError where names or shapes differ.
    """
    from safetensors.torch import load_model

    load_model(model, folder / WEIGHTS)


def write_model(model: "LlamaForCausalLM", tokenizer_json: str, folder: Path) -> None:
    """Weights, configuration and tokenizer into an existing folder, in the layout of the Hugging Face hub."""
    from safetensors.torch import save_file

    # Not save_model: it notes the tied embedding in a second metadata entry, and their order in the file is random.
    weights = {name: parameter.detach().cpu().contiguous() for name, parameter in model.named_parameters()}
    save_file(weights, folder / WEIGHTS, metadata={"format": "pt"})
    model.config.save_pretrained(folder)
    (folder / TOKENIZER).write_text(tokenizer_json, encoding="utf-8")
    told = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "bos_token": BOS,
        "eos_token": BOS,
        "pad_token": PAD,
        "model_max_length": model.config.max_position_embeddings,
        "clean_up_tokenization_spaces": False,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(told, indent=2), encoding="utf-8")


def write_optimizer(optimizer: "Optimizer", folder: Path) -> None:
    """The optimizer's moments and step counts into an existing folder; rates and decay are settings."""
    from safetensors.torch import save_file

    state = optimizer.state_dict()["state"]
    tensors = {f"{index}.{name}": tensor for index, moments in state.items() for name, tensor in moments.items()}
    save_file(tensors, folder / OPTIMIZER)


def load_optimizer(optimizer: "Optimizer", folder: Path) -> None:
    """Put back what `write_optimizer` wrote, into memory of its own as `load_weights` does."""
    from safetensors.torch import load_file

    state: dict[int, dict[str, Tensor]] = {}
    for key, tensor in load_file(folder / OPTIMIZER).items():
        index, _, name = key.partition(".")
        state.setdefault(int(index), {})[name] = tensor.clone()
    optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})


def loss_and_gradients(model: "LlamaForCausalLM", windows: "Tensor") -> "Tensor":
    """Nats of every predicted token, shape (rows, tokens - 1), float32; adds the gradient of their mean to `model`.

    windows: int64 token ids (rows, tokens) on the model's device. The output layer is done in pieces, each forward and
    backward at once, so the logits of the batch never exist; the result differs from plain cross-entropy by rounding
    (relative 6e-7). On a GPU the layers run in bfloat16 and the output layer in float32.
    """
    import torch

    targets = windows[:, 1:]
    with torch.autocast("cuda", dtype=torch.bfloat16, enabled=windows.is_cuda):
        hidden = model.model(input_ids=windows[:, :-1], use_cache=False).last_hidden_state
    flat = hidden.float().flatten(0, 1)
    weight = model.lm_head.weight
    with torch.no_grad():
        nats, flat_gradient, weight_gradient = _output_layer(flat, weight, targets.flatten())
    flat.backward(flat_gradient)
    weight.grad = weight_gradient if weight.grad is None else weight.grad.add_(weight_gradient)
    return nats.view(targets.shape)


def _output_layer(hidden: "Tensor", weight: "Tensor", targets: "Tensor") -> "tuple[Tensor, Tensor, Tensor]":
    """Nats, and the gradients of their mean for hidden (tokens, dim) and weight (vocabulary, dim): softmax minus
    one-hot, by rows.
    """
    import torch

    nats = hidden.new_empty(len(hidden))
    hidden_gradient = torch.empty_like(hidden)
    weight_gradient = torch.zeros_like(weight)
    for start in range(0, len(hidden), _LOSS_ROWS):
        rows = slice(start, start + _LOSS_ROWS)
        target = targets[rows, None]
        logits = hidden[rows] @ weight.T
        normalizer = logits.logsumexp(1, keepdim=True)
        nats[rows] = (normalizer - logits.gather(1, target))[:, 0]
        error = logits.sub_(normalizer).exp_()
        error.scatter_add_(1, target, torch.full_like(normalizer, -1.0))
        torch.mm(error, weight, out=hidden_gradient[rows])
        weight_gradient.addmm_(error.T, hidden[rows])
    return nats, hidden_gradient.div_(len(hidden)), weight_gradient.div_(len(hidden))


def open_model(folder: Path) -> "tuple[PreTrainedModel, Tokenizer]":
    """Model (float32, in evaluation mode, on the GPU where there is one) and tokenizer of a checkpoint folder, verified
    first.
    Raises BrokenCheckpoint.
    """
    import torch
    from safetensors import SafetensorError
    from transformers import AutoConfig, AutoModelForCausalLM

    verify(folder)
    try:
        with torch.random.fork_rng(devices=[]):
            model = AutoModelForCausalLM.from_config(  # type: ignore[no-untyped-call]
                AutoConfig.from_pretrained(folder)
            )
        load_weights(model, folder)
        tokenizer = open_tokenizer((folder / TOKENIZER).read_text(encoding="utf-8"))
    except (OSError, ValueError, RuntimeError, SafetensorError, BrokenTokenizer) as error:
        raise BrokenCheckpoint(
            f"{folder} does not open as a model with its tokenizer: {error}. Train it again."
        ) from error
    model.to("cuda" if torch.cuda.is_available() else "cpu")
    model.eval()
    return model, tokenizer
