"""An application behind a real server, for what a test client cannot show: streams, browsers."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Literal

import uvicorn
from fastapi import FastAPI


@contextmanager
def serving(app: FastAPI, lifespan: Literal["auto", "off"] = "auto") -> Iterator[str]:
    """Serve on a free port of loopback; gives the origin."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan=lifespan))
        thread = Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
