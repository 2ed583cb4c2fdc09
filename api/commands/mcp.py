"""`sanad mcp`: Sanad as tools of another assistant, over standard input and output."""

import logging
import sys

from api.commands.options import IndexOption
from api.generations import follow
from assistant.assistant import open_models
from assistant.modelcheck import check_model
from assistant.settings import load_settings
from ingest.errors import SettingsError


def mcp(index: IndexOption = None) -> None:
    """Offer search, ask, get_document and list_procedures to an MCP client that starts this.

    Standard output carries the protocol and nothing else; what there is to tell goes to standard
    error.
    """
    try:
        from api.mcp import mcp_server  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"MCP needs {error.name}; install it with `pip install 'sanad[mcp]'`."
        ) from error
    logging.basicConfig(stream=sys.stderr, format="%(asctime)s %(levelname)s %(message)s")
    settings = load_settings(index=index)
    check_model(settings)
    with open_models(settings) as models, follow(models, settings) as serving:
        mcp_server(serving).run()
