"""Optax: an update and its application, compiled together by jax.jit, one call a step."""

import time

import data
import jax
import jaxlib
import numpy
import optax


def versions():
    return {
        "jax": jax.__version__,
        "jaxlib": jaxlib.__version__,
        "numpy": numpy.__version__,
        "optax": optax.__version__,
    }


class Peer:
    def __init__(self, _contender, case):
        self.values = data.tensors(case, data.gradient)
        self.parameters_ = arrays(data.tensors(case, data.start))
        optimizer = make(case["rule"], case["hyperparameters"])
        self.state = optimizer.init(self.parameters_)

        def step(parameters, state, gradients):
            updates, state = optimizer.update(gradients, state, parameters)
            return optax.apply_updates(parameters, updates), state

        # Donated: the new parameters and state take the old ones' memory.
        self.step = jax.jit(step, donate_argnums=(0, 1))

    def set_gradients(self, scale):
        self.gradients = arrays([values * numpy.float32(scale) for values in self.values])

    def run(self, steps):
        step, parameters, state, gradients = self.step, self.parameters_, self.state, self.gradients
        start = time.perf_counter()
        for _ in range(steps):
            parameters, state = step(parameters, state, gradients)
        jax.block_until_ready((parameters, state))
        seconds = time.perf_counter() - start
        self.parameters_, self.state = parameters, state
        return seconds

    def parameters(self):
        return numpy.concatenate([numpy.asarray(parameter) for parameter in self.parameters_])


def arrays(values):
    # Copied, so that the memory is JAX's own: numpy asks for large pages, JAX does not.
    return jax.block_until_ready([jax.numpy.copy(jax.numpy.asarray(array)) for array in values])


def make(rule, settings):
    learning_rate = settings["learning_rate"]
    if rule == "sgd":
        return optax.sgd(learning_rate)
    if rule == "momentum":
        return optax.sgd(learning_rate, momentum=settings["momentum"])
    betas = {"b1": settings["beta1"], "b2": settings["beta2"], "eps": settings["eps"]}
    if rule == "adam":
        return optax.adam(learning_rate, **betas)
    return optax.adamw(learning_rate, **betas, weight_decay=settings["weight_decay"])
