"""What loading the runtime of the models leaves behind on the machine."""

import os
import subprocess
import sys
from pathlib import Path

SILENCERS = {"CI", "ORT_DISABLE_TELEMETRY", "ORT_RUNNING_UNIT_TESTS", "XDG_CACHE_HOME"}


def test_the_runtime_reports_to_nobody(tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if name not in SILENCERS}
    program = (
        "from pathlib import Path; from index.onnxsession import open_session\n"
        "from ingest.errors import ModelDamagedError\n"
        "try: open_session(Path('none.onnx'), threads=1)\n"
        "except ModelDamagedError: pass\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**kept, "HOME": str(tmp_path)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
