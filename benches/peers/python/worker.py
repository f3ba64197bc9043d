"""A worker process that times one Python library, told what to do on its standard input.

The protocol is that of ../src/protocol.rs, the numbers are those of ../src/data.rs.
"""

import gc
import importlib
import json
import sys

CHECKED_STEPS = (1.0, -0.5, 2.0)
SAMPLES = 64
MODULES = {
    "torch-default": "torch_peer",
    "torch-foreach": "torch_peer",
    "torch-fused": "torch_peer",
    "optax": "optax_peer",
}


def main():
    contender = sys.argv[1]
    try:
        library = importlib.import_module(MODULES[contender])
    except ImportError as error:
        reply({"failed": {"reason": str(error)}})
        return
    python = {"python": sys.version.split()[0]}
    reply({"started": {"versions": {**python, **library.versions()}}})
    # As timeit does, so that no turn pays for another's garbage.
    gc.disable()
    peer = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if "prepare" in request:
                # The case before is dropped first, so that there is memory for this one.
                peer = None
                gc.collect()
                peer = library.Peer(contender, request["prepare"])
                reply({"prepared": {"fingerprint": prepare(peer)}})
            else:
                peer.run(1)
                reply({"ran": {"seconds": peer.run(request["run"]["steps"])}})
        except Exception as error:
            reply({"failed": {"reason": f"{type(error).__name__}: {error}"}})


def prepare(peer):
    """Takes the checked steps, and returns what they made of the parameters."""
    for scale in CHECKED_STEPS:
        peer.set_gradients(scale)
        peer.run(1)
    parameters = peer.parameters().astype("float64")
    peer.set_gradients(1.0)
    length = len(parameters)
    fingerprint = {
        "sum": float(parameters.sum()),
        "absolute_sum": float(abs(parameters).sum()),
        "samples": [float(parameters[k * length // SAMPLES]) for k in range(SAMPLES)],
    }
    if not abs(fingerprint["absolute_sum"]) < float("inf"):
        raise ValueError("a parameter is not finite")
    return fingerprint


def reply(value):
    print(json.dumps(value), flush=True)


if __name__ == "__main__":
    main()
