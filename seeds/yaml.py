"""Reads YAML with line numbers kept, and turns every reading error into a clear finding."""

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from qifu.errors import SeedError


def load_yaml(path: Path, *, quotes: bool = False) -> Any:
    """The content of a YAML file; mappings and sequences know their lines (`.lc`).

    With `quotes`, strings know their quotation marks, for files that are written again.
    Raises SeedError `file:line: message` where the file is missing, isn't UTF-8 or isn't YAML.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise SeedError([f"{path}:1: file is missing"]) from None
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise SeedError([f"{path}:{line}: not valid UTF-8 (byte {error.start}); save the file as UTF-8"]) from None
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = quotes
    try:
        return yaml.load(text) or {}
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise SeedError([f"{path}:{line}: not valid YAML: {error.problem}"]) from None
    except YAMLError as error:
        raise SeedError([f"{path}:1: not valid YAML: {error}"]) from None
