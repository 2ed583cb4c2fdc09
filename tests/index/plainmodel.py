"""The default embedding model as it is without its map."""

import json
from pathlib import Path

MODULES = [
    ("", "sentence_transformers.base.modules.transformer.Transformer"),
    ("1_Pooling", "sentence_transformers.sentence_transformer.modules.pooling.Pooling"),
    ("2_Normalize", "sentence_transformers.base.modules.normalize.Normalize"),
]


def plain(e5_folder: Path, folder: Path) -> Path:
    """The default model without the map that it comes with."""
    for path in e5_folder.rglob("*"):
        if path.is_file() and not path.parent.name.endswith("_Dense"):
            link = folder / path.relative_to(e5_folder)
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(path)
    (folder / "modules.json").unlink()
    modules = [
        {"idx": at, "name": str(at), "path": path, "type": kind}
        for at, (path, kind) in enumerate(MODULES)
    ]
    (folder / "modules.json").write_text(json.dumps(modules), encoding="utf-8")
    return folder
