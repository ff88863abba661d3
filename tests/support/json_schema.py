"""Whether a value meets a JSON Schema, for the keywords that our documents use."""

import re
from datetime import date
from typing import Any

TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,), "array": (list,), "string": (str,), "integer": (int,),
    "number": (int, float), "null": (type(None),),
}  # fmt: skip


def follow(schema: dict[str, Any], root: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in schema:
        return schema
    found: Any = root
    for step in schema["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return found


def valid(value: Any, schema: dict[str, Any], root: dict[str, Any]) -> bool:
    """Tell whether a value meets a schema; knows the keywords that ours use."""
    schema = follow(schema, root)
    checks = [
        "type" not in schema or isinstance(value, TYPES[schema["type"]]),
        "enum" not in schema or value in schema["enum"],
        "const" not in schema or value == schema["const"],
        all(valid(value, part, root) for part in schema.get("allOf", ())),
        "anyOf" not in schema or any(valid(value, part, root) for part in schema["anyOf"]),
        "oneOf" not in schema or sum(valid(value, part, root) for part in schema["oneOf"]) == 1,
        "not" not in schema or not valid(value, schema["not"], root),
    ]
    if "if" in schema:
        branch = "then" if valid(value, schema["if"], root) else "else"
        checks.append(valid(value, schema.get(branch, {}), root))
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        checks += [name in value for name in schema.get("required", ())]
        checks += [
            valid(value[name], properties[name], root) for name in properties if name in value
        ]
        if schema.get("additionalProperties") is False:
            checks.append(set(value) <= set(properties))
    if isinstance(value, list):
        checks += [valid(item, schema.get("items", {}), root) for item in value]
    if isinstance(value, str):
        checks.append(schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", 10**9))
        checks.append(re.search(schema.get("pattern", ""), value) is not None)
        if schema.get("format") == "date":
            checks.append(is_date(value))
    elif isinstance(value, int | float):
        checks.append(schema.get("minimum", value) <= value <= schema.get("maximum", value))
    return all(checks)


def is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def all_references_lead_somewhere(document: dict[str, Any]) -> bool:
    def walk(part: Any) -> bool:
        if isinstance(part, dict):
            if "$ref" in part:
                follow(part, document)
            return all(walk(value) for value in part.values())
        return all(walk(value) for value in part) if isinstance(part, list) else True

    return walk(document)
