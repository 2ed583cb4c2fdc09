"""The child process that holds a local model: llama.cpp's server, until its standard input ends.

A native library that aborts on a damaged file, or is killed for its memory, takes its process
along; so it gets one of its own (ADR 0028). It is told its job in one line of JSON, answers with
one, and then waits: its input ends with the parent, however that ends, so that no model of
gigabytes stays behind.
"""

import os
import sys

import xllamacpp
from pydantic import BaseModel, ConfigDict

_BATCH = 256
_CACHE_MIB = 256


class Job(BaseModel):
    """What is served and how; `context` is in tokens for each of `slots` answers at a time.

    The key comes by the input rather than by the arguments, which every user of the machine sees.
    `port` 0 takes a free one.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    gguf: str
    api_key: str
    threads: int
    context: int
    slots: int
    port: int = 0


class Hello(BaseModel):
    """The address that is listened on, or why there is none."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    address: str = ""
    problem: str = ""


def main() -> None:
    """Serve the job; what llama.cpp prints goes to standard error."""
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as out:
        os.dup2(2, 1)
        server, hello = _start(Job.model_validate_json(sys.stdin.buffer.readline()))
        out.write(hello.model_dump_json() + "\n")
        out.flush()
        if server is not None:
            sys.stdin.buffer.read()


def _start(job: Job) -> tuple[xllamacpp.Server | None, Hello]:
    try:
        server = xllamacpp.Server(_parameters(job))
    except RuntimeError as error:
        return None, Hello(problem=str(error) or "llama.cpp gave no reason")
    return server, Hello(address=str(server.listening_address))


def _parameters(job: Job) -> xllamacpp.CommonParams:
    """Prompts are read in small batches, for whoever is being answered waits for each of them.

    Each slot keeps the beginning that all prompts share; beyond that little memory is spent on
    remembering prompts, of which no two are alike. A model that can think aloud answers at once:
    what it thinks is no draft, and would take the time and the tokens of one.
    """
    params = xllamacpp.CommonParams()
    params.model.path = job.gguf
    params.api_keys = [job.api_key]
    params.port = job.port
    params.n_ctx = job.context * job.slots
    params.n_parallel = job.slots
    params.n_batch = _BATCH
    params.n_ubatch = _BATCH
    params.cont_batching = True
    params.cache_prompt = True
    params.cache_ram_mib = _CACHE_MIB
    params.cpuparams.n_threads = job.threads
    params.cpuparams_batch.n_threads = job.threads
    params.enable_reasoning = 0
    params.ui = False
    params.verbosity = 0
    return params


if __name__ == "__main__":
    main()
