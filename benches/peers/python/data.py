"""The numbers every contender starts from, as in ../src/data.rs."""

import numpy


def tensors(case, value):
    """The values of each of the case's tensors."""
    length = case["parameters"] // case["tensors"]
    return [value(first, length) for first in range(0, case["parameters"], length)]


def start(first, length):
    return scattered(first, length, 0x9E3779B1) / numpy.float32(512)


def gradient(first, length):
    root = scattered(first, length, 0x85EBCA77)
    return root * root * root


def scattered(first, length, multiplier):
    index = numpy.arange(first, first + length, dtype=numpy.uint32)
    top = (index * numpy.uint32(multiplier)) >> numpy.uint32(16)
    return (top.astype(numpy.float32) - numpy.float32(32_767.5)) / numpy.float32(32_768)
