"""Folders made of the default embedding model's files."""

import json
import shutil
from pathlib import Path

MODULES = [
    ("", "sentence_transformers.base.modules.transformer.Transformer"),
    ("1_Pooling", "sentence_transformers.sentence_transformer.modules.pooling.Pooling"),
    ("2_Normalize", "sentence_transformers.base.modules.normalize.Normalize"),
]


def linked(e5_folder: Path, folder: Path) -> Path:
    """A folder that shares the files of the model."""
    for path in e5_folder.rglob("*"):
        if path.is_file():
            link = folder / path.relative_to(e5_folder)
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(path)
    return folder


def plain(e5_folder: Path, folder: Path) -> Path:
    """The model without the map of its vectors."""
    shutil.rmtree(linked(e5_folder, folder) / "2_Dense")
    (folder / "modules.json").unlink()
    modules = [
        {"idx": at, "name": str(at), "path": path, "type": kind}
        for at, (path, kind) in enumerate(MODULES)
    ]
    (folder / "modules.json").write_text(json.dumps(modules), encoding="utf-8")
    return folder
