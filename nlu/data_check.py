"""Finds what would break a training, before Rasa does: every finding at once, as `file:line: message`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

_INTENT = re.compile(r"[a-z_]+(/[a-z0-9_]+)?")
_BLOCK_KEYS = {"intent", "metadata", "examples"}


def check_room(room: Path, config: Path) -> list[str]:
    """Findings in training data, rules, domain, look-ups and configuration; empty where all is well."""
    return list(_Check(room, config).findings())


class _Check:
    def __init__(self, room: Path, config: Path) -> None:
        self._room, self._config = room, config
        self._intents: set[str] = set()
        self._actions: set[str] = set()

    def findings(self) -> Iterator[str]:
        yield from self._each([self._config], lambda path, node: iter(()))
        yield from self._each(sorted(self._room.glob("domain/*.yml")), self._domain)
        yield from self._each(sorted(self._room.glob("data/*.yml")), self._data)
        yield from self._each(sorted(self._room.glob("lookups/*.yml")), self._lookups)

    def _each(self, paths: list[Path], check: Callable[[Path, Node], Iterator[str]]) -> Iterator[str]:
        for path in paths:
            try:
                node = YAML(typ="safe").compose(path.read_text(encoding="utf-8"))
            except FileNotFoundError:
                yield f"{path}:1: the file is missing"
            except UnicodeDecodeError as error:
                line = path.read_bytes()[: error.start].count(b"\n") + 1
                yield f"{path}:{line}: not valid UTF-8; save the file as UTF-8"
            except MarkedYAMLError as error:
                mark = error.problem_mark or error.context_mark
                yield f"{path}:{mark.line + 1 if mark else 1}: not valid YAML: {error.problem or error.context}"
            except YAMLError as error:
                yield f"{path}:1: not valid YAML: {str(error).splitlines()[0]}"
            else:
                if isinstance(node, MappingNode | SequenceNode):
                    yield from check(path, node)
                else:
                    yield f"{path}:1: holds nothing"

    def _domain(self, path: Path, node: Node) -> Iterator[str]:
        parts = _mapping(node)
        for key, known in (("intents", self._intents), ("actions", self._actions)):
            for item in _items(parts.get(key)):
                name = next(iter(_mapping(item))) if isinstance(item, MappingNode) else str(item.value)
                if name in known:
                    yield f"{_at(path, item)}: {name} stands in the domain twice"
                known.add(name)

    def _data(self, path: Path, node: Node) -> Iterator[str]:
        parts = _mapping(node)
        if not {"nlu", "rules", "stories"} & set(parts):
            yield f"{path}:1: has neither nlu: nor rules:, so nothing of it would be learned"
        for block in _items(parts.get("nlu")):
            yield from self._block(path, block)
        for rule in _items(parts.get("rules")):
            for step in _items(_mapping(rule).get("steps")):
                yield from self._step(path, step)

    def _block(self, path: Path, block: Node) -> Iterator[str]:
        parts = _mapping(block)
        where = _at(path, block)
        if "intent" not in parts:
            if not {"lookup", "synonym", "regex"} & set(parts):
                yield f"{where}: a block needs intent:"
            return
        intent = str(parts["intent"].value)
        name, _, _ = intent.partition("/")
        if not _INTENT.fullmatch(intent):
            yield f"{where}: {intent} is no intent; write topic/matter in small Latin letters"
        elif name not in self._intents:
            yield f"{where}: {name} isn't an intent of the domain"
        for key in sorted(set(parts) - _BLOCK_KEYS):
            yield f"{where}: {key}: isn't known here; a block has intent, metadata and examples"
        metadata = parts.get("metadata")
        if metadata is not None and "point" not in _mapping(metadata):
            yield f"{_at(path, metadata)}: metadata needs point:, as in {{point: minhang-2023/7#5}}"
        yield from self._examples(path, where, parts.get("examples"))

    def _examples(self, path: Path, where: str, examples: Node | None) -> Iterator[str]:
        if not isinstance(examples, ScalarNode) or examples.style != "|":
            yield f"{where}: needs `examples: |` and below it a line `- question` for each question"
            return
        lines = examples.value.splitlines()
        if not any(line.strip() for line in lines):
            yield f"{where}: has no questions"
        for offset, line in enumerate(lines, start=examples.start_mark.line + 2):
            if line.strip() and not re.match(r"\s*-\s+\S", line):
                yield f"{path}:{offset}: a question stands on one line that begins with `- `"

    def _step(self, path: Path, step: Node) -> Iterator[str]:
        for key, known in (("intent", self._intents), ("action", self._actions)):
            name = _mapping(step).get(key)
            if name is not None and str(name.value) not in known:
                yield f"{_at(path, step)}: {key} {name.value} isn't in the domain"

    def _lookups(self, path: Path, node: Node) -> Iterator[str]:
        for table in node.value if isinstance(node, SequenceNode) else [node]:
            parts = _mapping(table)
            if not isinstance(parts.get("entity"), ScalarNode) or not isinstance(parts.get("values"), MappingNode):
                yield f"{_at(path, table)}: a table needs entity: and values:"
                continue
            for value, terms in _mapping(parts["values"]).items():
                if not isinstance(terms, SequenceNode) or not terms.value:
                    yield f"{_at(path, terms)}: {value} needs a list of terms"


def _at(path: Path, node: Node) -> str:
    return f"{path}:{node.start_mark.line + 1}"


def _mapping(node: Any) -> dict[str, Node]:
    return {str(key.value): value for key, value in node.value} if isinstance(node, MappingNode) else {}


def _items(node: Node | None) -> list[Node]:
    return list(node.value) if isinstance(node, SequenceNode) else []
