"""The network: small, all its layers at half of the picture's size or less."""

import torch
from torch import nn


def layer(inputs, outputs, stride=1, dilation=1):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride, dilation, dilation, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)
    )


class More(nn.Module):
    """Adds what one more layer sees."""

    def __init__(self, channels, dilation=1):
        super().__init__()
        self.layer = layer(channels, channels, 1, dilation)

    def forward(self, x):
        return x + self.layer(x)


class TextNetwork(nn.Module):
    """
    Bytes of red, green and blue, 1 x 3 x height x width (multiples of 16), to two logits for every second pixel along both
    sides: in the core of a line; ink.
    """

    def __init__(self, a=16, b=32, c=64, d=96):
        super().__init__()
        self.fine = nn.Sequential(layer(12, a), More(a))
        self.middle = nn.Sequential(layer(a, b, 2), More(b))
        self.coarse = nn.Sequential(layer(b, c, 2), More(c), More(c))
        self.wide = nn.Sequential(layer(c, d, 2), More(d), More(d, 2), More(d))
        self.from_wide = nn.Conv2d(d, c, 1)
        self.join_coarse = layer(c, c)
        self.from_coarse = nn.Conv2d(c, b, 1)
        self.join_middle = layer(b, b)
        self.from_middle = nn.Conv2d(b, a, 1)
        self.join_fine = nn.Sequential(layer(a, a), More(a))
        self.head = nn.Conv2d(a, 2, 1)

    def forward(self, picture):
        x = torch.pixel_unshuffle(picture / 127.5 - 1, 2)
        fine = self.fine(x)
        middle = self.middle(fine)
        coarse = self.coarse(middle)
        wide = self.wide(coarse)
        up = lambda y: nn.functional.interpolate(y, scale_factor=2.0, mode="nearest")
        coarse = self.join_coarse(coarse + up(self.from_wide(wide)))
        middle = self.join_middle(middle + up(self.from_coarse(coarse)))
        fine = self.join_fine(fine + up(self.from_middle(middle)))
        return self.head(fine)
