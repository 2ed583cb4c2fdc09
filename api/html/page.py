"""Page: one file with everything inside, nothing fetched, nothing that it shows ever run."""

import base64
import hashlib
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from api.html.bidi import isolated, tongue

_FOLDER = "template"


def render_page(package: str, name: str, **values: object) -> str:
    """`name.html.j2` of a package with `name.css`, behind the style all pages share, and `name.js`.

    Nothing may be fetched, and of styles and scripts only these apply, known by their hashes.
    """
    style = asset("api.html", "base.css") + asset(package, f"{name}.css")
    script = asset(package, f"{name}.js")
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
        "base-uri 'none'; form-action 'none'"
    )
    return (
        _environment(package)
        .get_template(f"{name}.html.j2")
        .render(
            style=Markup(style),  # noqa: S704  (our own file)
            script=Markup(script),  # noqa: S704
            policy=policy,
            **values,
        )
    )


def asset(package: str, name: str) -> str:
    """The text of a file in the template folder of a package."""
    return files(package).joinpath(_FOLDER, name).read_text(encoding="utf-8")


@cache
def _environment(package: str) -> Environment:
    environment = Environment(
        loader=PackageLoader(package, _FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(isolated=isolated)
    environment.globals.update(tongue=tongue)
    return environment


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
