"""
Writes trained weights as an ONNX model: bytes of red, green and blue, 1 x height x width x 3 with sides that are multiples
of 16, to 1 x 2 x height/2 x width/2 probabilities: core of a line, ink.
"""

import sys

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from network import TextNetwork


class Exported(nn.Module):
    """The same arithmetic with the normalisation folded into the layers, and the first layer reading the picture itself."""

    def __init__(self, network):
        super().__init__()
        fold(network)
        first = network.fine[0][0]
        weights = first.weight.detach()
        stem = nn.Conv2d(3, weights.shape[0], 6, 2, 2)
        spread = torch.zeros_like(stem.weight)
        for channel in range(3):
            for y in range(2):
                for x in range(2):
                    spread[:, channel, y::2, x::2] = weights[:, channel * 4 + y * 2 + x]
        stem.weight = nn.Parameter(spread)
        stem.bias = nn.Parameter(first.bias.detach())
        network.fine[0][0] = stem
        self.network = network

    def forward(self, picture):
        n = self.network
        x = picture.permute(0, 3, 1, 2).float() / 127.5 - 1
        fine = n.fine(x)
        middle = n.middle(fine)
        coarse = n.coarse(middle)
        wide = n.wide(coarse)
        up = lambda y: nn.functional.interpolate(y, scale_factor=2.0, mode="nearest")
        coarse = n.join_coarse(coarse + up(n.from_wide(wide)))
        middle = n.join_middle(middle + up(n.from_coarse(coarse)))
        fine = n.join_fine(fine + up(n.from_middle(middle)))
        return torch.sigmoid(n.head(fine))


def fold(module):
    for child in module.modules():
        if isinstance(child, nn.Sequential) and len(child) == 3 and isinstance(child[1], nn.BatchNorm2d):
            child[0] = fuse_conv_bn_eval(child[0], child[1])
            child[1] = nn.Identity()


network = TextNetwork().eval()
if sys.argv[1] != "-":
    network.load_state_dict(torch.load(sys.argv[1]))
network.eval()
sample = (torch.rand(1, 64, 96, 3) * 255).to(torch.uint8)
with torch.no_grad():
    before = torch.sigmoid(network(sample.permute(0, 3, 1, 2).float()))
    exported = Exported(network).eval()
    after = exported(sample)
    print("difference after folding", float((before - after).abs().max()))
    torch.onnx.export(
        exported, sample, sys.argv[2], input_names=["picture"], output_names=["chances"], opset_version=13,
        dynamic_axes={"picture": {1: "height", 2: "width"}, "chances": {2: "rows", 3: "columns"}},
    )
