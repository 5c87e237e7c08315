"""
Trains the network and writes its weights. `--minutes` bounds the time; the rate of learning falls to nothing at the end of
it. Pictures to write on: `--pictures` folders of PNG, `--volumes` NIfTI files, `--photographs` files.
"""

import argparse
import time

import numpy as np
import torch
from torch.utils.data import DataLoader, IterableDataset

from backgrounds import Backgrounds
from network import TextNetwork
from samples import Samples

parser = argparse.ArgumentParser()
parser.add_argument("--minutes", type=float, default=60)
parser.add_argument("--size", type=int, default=256)
parser.add_argument("--batch", type=int, default=8)
parser.add_argument("--workers", type=int, default=1)
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--reuse", type=int, default=2)
parser.add_argument("--rate", type=float, default=2e-3)
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--pictures", nargs="*", default=[])
parser.add_argument("--volumes", nargs="*", default=[])
parser.add_argument("--photographs", nargs="*", default=[])
parser.add_argument("--start")
parser.add_argument("--output", required=True)
options = parser.parse_args()


class Stream(IterableDataset):
    def __iter__(self):
        info = torch.utils.data.get_worker_info()
        number = info.id if info else 0
        torch.set_num_threads(1)
        samples = Samples(Backgrounds(options.pictures, options.volumes, options.photographs), options.seed * 1000 + number)
        while True:
            picture, core, ink = samples.one(options.size)
            yield np.ascontiguousarray(picture.transpose(2, 0, 1)), np.stack([core, ink])


def varied(pictures, labels, generator):
    """Another view of the same samples: mirrored, tinted, other values."""
    if generator.random() < 0.5:
        pictures, labels = pictures.flip(3), labels.flip(3)
    if generator.random() < 0.3:
        pictures, labels = pictures.flip(2), labels.flip(2)
    if generator.random() < 0.3:
        pictures = pictures[:, [2, 0, 1]]
    if generator.random() < 0.3:
        pictures = 255 - pictures
    factor = torch.empty(len(pictures), 1, 1, 1).uniform_(0.75, 1.1)
    offset = torch.empty(len(pictures), 1, 1, 1).uniform_(0, 30)
    return (pictures * factor + offset).clamp(0, 255), labels


def loss_of(logits, labels):
    raw = torch.nn.functional.binary_cross_entropy_with_logits(logits, labels, reduction="none")
    chance = torch.sigmoid(logits)
    both = (chance * labels).sum((0, 2, 3))
    # In every picture by itself: small text counts as much as large.
    own = (chance * labels).sum((2, 3))
    dice = 1 - (2 * own + 30) / (chance.sum((2, 3)) + labels.sum((2, 3)) + 30)
    return (raw * (1 + 2 * labels)).mean() * 3 + dice.mean(), both, chance


def main():
    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    generator = np.random.default_rng(options.seed)
    network = TextNetwork().to(memory_format=torch.channels_last)
    if options.start:
        network.load_state_dict(torch.load(options.start))
    average = torch.optim.swa_utils.AveragedModel(network, avg_fn=lambda old, new, _: old * 0.998 + new * 0.002)
    optimizer = torch.optim.AdamW(network.parameters(), lr=options.rate, weight_decay=1e-2)
    loader = iter(DataLoader(Stream(), batch_size=options.batch, num_workers=options.workers, prefetch_factor=6))
    begin = time.time()
    step = seen = 0
    sums = np.zeros(4)
    while True:
        share = (time.time() - begin) / 60 / options.minutes
        if share >= 1:
            break
        rate = options.rate * min(1, step / 200) * (0.5 + 0.5 * np.cos(np.pi * share)) + 1e-6
        for group in optimizer.param_groups:
            group["lr"] = rate
        pictures, labels = next(loader)
        pictures, labels = pictures.float(), labels.float()
        for turn in range(options.reuse):
            x, y = (pictures, labels) if turn == 0 else varied(pictures, labels, generator)
            logits = network(x.contiguous(memory_format=torch.channels_last))
            loss, both, chance = loss_of(logits, y)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 5)
            optimizer.step()
            if step > 300:
                average.update_parameters(network)
            step += 1
            seen += len(x)
            sums += [loss.item(), *(2 * both / (chance.sum((0, 2, 3)) + y.sum((0, 2, 3)) + 1)).tolist(), 1]
        if step % 100 < options.reuse:
            print(f"{(time.time() - begin) / 60:.1f} min step {step} seen {seen} loss {sums[0] / sums[3]:.4f} core {sums[1] / sums[3]:.3f} ink {sums[2] / sums[3]:.3f}", flush=True)
            sums[:] = 0
        if step % 1000 < options.reuse:
            torch.save(averaged(average, network), options.output)
            torch.save(network.state_dict(), options.output + '.raw')
    torch.save(averaged(average, network), options.output)


def averaged(average, network):
    """The running mean of the weights, with the last statistics of the normalisation."""
    state = {name: value.clone() for name, value in average.module.state_dict().items()}
    for name, value in network.state_dict().items():
        if "running" in name or "tracked" in name:
            state[name] = value.clone()
    return state


main()
