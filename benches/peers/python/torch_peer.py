"""torch.optim, in the implementation that the contender's name says."""

import os
import time

import data
import numpy
import torch

torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))


def versions():
    return {"torch": torch.__version__, "torch instruction set": torch.backends.cpu.get_cpu_capability()}


class Peer:
    def __init__(self, contender, case):
        # Cloned, so that the memory is torch's own: numpy asks for large pages, torch does not.
        self.parameters_ = [
            torch.nn.Parameter(torch.from_numpy(values).clone())
            for values in data.tensors(case, data.start)
        ]
        self.gradients = data.tensors(case, data.gradient)
        for parameter in self.parameters_:
            parameter.grad = torch.empty_like(parameter)
        settings = case["hyperparameters"]
        implementation = {
            "torch-default": {},
            "torch-foreach": {"foreach": True},
            "torch-fused": {"fused": True},
        }[contender]
        self.optimizer = make(case["rule"], self.parameters_, settings, implementation)

    def set_gradients(self, scale):
        for parameter, values in zip(self.parameters_, self.gradients):
            parameter.grad.copy_(torch.from_numpy(values))
            parameter.grad.mul_(scale)

    def run(self, steps):
        step = self.optimizer.step
        start = time.perf_counter()
        for _ in range(steps):
            step()
        return time.perf_counter() - start

    def parameters(self):
        return numpy.concatenate([parameter.detach().numpy() for parameter in self.parameters_])


def make(rule, parameters, settings, implementation):
    learning_rate = settings["learning_rate"]
    if rule == "sgd":
        return torch.optim.SGD(parameters, lr=learning_rate, **implementation)
    if rule == "momentum":
        momentum = settings["momentum"]
        return torch.optim.SGD(parameters, lr=learning_rate, momentum=momentum, **implementation)
    kind = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}[rule]
    return kind(
        parameters,
        lr=learning_rate,
        betas=(settings["beta1"], settings["beta2"]),
        eps=settings["eps"],
        weight_decay=settings["weight_decay"],
        **implementation,
    )
