"""Reads an OpenAPI schema into what the page about the API shows."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter or a field of a model. `type` is in words, `link` the model it refers to."""

    name: str
    type: str
    required: bool
    description: str
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """One possible answer of an operation."""

    status: str
    description: str
    model: str | None


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    secured: bool
    parameters: tuple[Field, ...]
    body: str | None
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True)
class Model:
    """A JSON object, or a list of allowed words."""

    name: str
    description: str
    fields: tuple[Field, ...]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Api:
    """An API as its page shows it."""

    title: str
    version: str
    operations: tuple[Operation, ...]
    models: tuple[Model, ...]


def describe(schema: dict[str, Any]) -> Api:
    """What a schema says, in the order it says it. Models that only the framework uses are left out."""
    operations = tuple(
        _operation(path, method, spec) for path, methods in schema["paths"].items() for method, spec in methods.items()
    )
    models = schema.get("components", {}).get("schemas", {})
    shown = tuple(_model(name, spec) for name, spec in sorted(models.items()) if "ValidationError" not in name)
    return Api(schema["info"]["title"], schema["info"]["version"], operations, shown)


def _operation(path: str, method: str, spec: dict[str, Any]) -> Operation:
    body = spec.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    return Operation(
        id=spec["operationId"],
        method=method.upper(),
        path=path,
        summary=spec.get("summary", ""),
        description=spec.get("description", ""),
        secured="security" in spec,
        parameters=tuple(_parameter(one) for one in spec.get("parameters", ()) if one["in"] != "cookie"),
        body=_link(body),
        outcomes=tuple(_outcome(status, one) for status, one in sorted(spec["responses"].items())),
    )


def _parameter(spec: dict[str, Any]) -> Field:
    kind = f"{spec['in']}, {_type(spec['schema'])}"
    return Field(spec["name"], kind, spec.get("required", False), spec.get("description", ""), _link(spec["schema"]))


def _outcome(status: str, spec: dict[str, Any]) -> Outcome:
    model = _link(spec.get("content", {}).get("application/json", {}).get("schema", {}))
    return Outcome(status, spec.get("description", ""), model)


def _model(name: str, spec: dict[str, Any]) -> Model:
    required = spec.get("required", ())
    fields = tuple(
        Field(key, _type(one), key in required, one.get("description", ""), _link(one))
        for key, one in spec.get("properties", {}).items()
    )
    return Model(name, spec.get("description", ""), fields, tuple(spec.get("enum", ())))


def _link(schema: dict[str, Any]) -> str | None:
    """The name of the first model that a schema refers to."""
    if "$ref" in schema:
        return str(schema["$ref"].rsplit("/", 1)[-1])
    inner = [*schema.get("anyOf", ()), schema.get("items", {})]
    return next((link for one in inner if one and (link := _link(one))), None)


def _type(schema: dict[str, Any]) -> str:
    """A schema in words, such as `list of ReplyOut` or `integer or null`."""
    if "$ref" in schema:
        return str(_link(schema))
    if "anyOf" in schema:
        return " or ".join(_type(one) for one in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    return str(schema.get("format") or schema.get("type") or "any")
