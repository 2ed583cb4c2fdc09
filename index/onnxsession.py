"""The runtime of ONNX models. This is the only module that imports it.

Its official builds report each process and its machine to their maker, and keep a number of the
device in the home folder. The switch in its interface comes too late for the first report, so that
it is imported behind the variable that its `Privacy.md` names.
"""

import os
from pathlib import Path
from typing import Any, Final

from ingest.errors import ModelDamagedError

_NO_SPINNING: Final = ("session.intra_op.allow_spinning", "0")


def open_session(model: Path, *, threads: int) -> Any:  # noqa: ANN401  (it has no types)
    """A session over an ONNX file on the processor, with so many threads for one call.

    Threads that wait for work sleep: spinning would save some microseconds a layer, and take the
    processor from everyone else meanwhile. Raises ModelDamagedError.
    """
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime  # noqa: PLC0415
    from onnxruntime.capi import onnxruntime_pybind11_state as native  # noqa: PLC0415

    refusals = (
        native.Fail,
        native.InvalidArgument,
        native.InvalidGraph,
        native.InvalidProtobuf,
        native.NoSuchFile,
        native.NotImplemented,
        native.RuntimeException,
    )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.add_session_config_entry(*_NO_SPINNING)
    try:
        return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    except refusals as error:
        raise ModelDamagedError(
            f"{model} cannot be loaded: {error}. Run `sanad models optimise`."
        ) from error
