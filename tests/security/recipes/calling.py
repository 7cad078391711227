"""Calls of an operation, made from the contract and what the rooms say."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tests.security.calls import Call, Ref
from tests.security.company import Company
from tests.security.operations import Operation, Schema
from tests.security.recipes.book import BODIES, PLAIN, RECORDS, WITHOUT_BODY, NoRecipe


def calls(operation: Operation, company: Company) -> list[Call]:
    """Every way in which these tests call an operation with what the company has."""
    made = BODIES[operation.name](company) if operation.name in BODIES else [_from_contract(operation, company)]
    return [_complete(operation, company, call) for call in made]


def looks(operation: Operation, company: Company) -> Iterator[Call]:
    """The calls of a reading operation, plain and with each thing it can include."""
    for call in calls(operation, company):
        yield call
        for parameter in operation.parameters_in("query"):
            _, schema = operation.plain(parameter.schema)
            for choice in schema.get("items", {}).get("enum", ()):
                yield replace(call, query={**call.query, parameter.name: choice})


def _from_contract(operation: Operation, company: Company) -> Call:
    if operation.body is None:
        if operation.is_read or operation.method == "DELETE" or operation.path.endswith(tuple(WITHOUT_BODY)):
            return Call()
        raise NoRecipe(
            f"{operation.name}: the contract names no body. If it takes none, add its last word to WITHOUT_BODY in "
            f"a file of tests/security/recipes; otherwise write its bodies there, under @bodies({operation.name!r})."
        )
    return Call(body=_Maker(operation, company).value(operation.body, ""))


def _complete(operation: Operation, company: Company, call: Call) -> Call:
    """The call with its path, what it must have in query and headers, and its filters."""
    maker = _Maker(operation, company)
    path = {one.name: maker.record(one.name) for one in operation.parameters_in("path") if one.name not in call.path}
    path = {**path, **call.path}
    found = replace(call, path=path)
    query = {one.name: maker.value(one.schema, one.name) for one in operation.parameters_in("query") if one.required}
    filters = {
        one.name: maker.value(one.schema, one.name)
        for one in operation.parameters_in("query")
        if not one.required and maker.is_record(one)
    }
    headers = dict(call.headers)
    if any(one.name == "If-Match" for one in operation.parameters_in("header")):
        # What is one in a company is named by no record.
        named = [str(value) for value in found.path.values()]
        headers["if-match"] = str(company.revisions.get(named[-1], 1) if named else 1)
    return replace(found, query={**query, **call.query}, filters=filters, headers=headers)


class _Maker:
    """Makes values that fit the schemas of one operation."""

    def __init__(self, operation: Operation, company: Company) -> None:
        self._operation = operation
        self._company = company

    def record(self, word: str, schema: str = "") -> Ref:
        for name in (f"{self._operation.name}.{word}", f"{schema}.{word}", word):
            if name in RECORDS:
                return self._company[RECORDS[name]]
        raise NoRecipe(
            f"{self._operation.name}: what does {word!r} name? If a record, say of which kind in RECORDS, in "
            "its file of tests/security/recipes (a new kind: have one of tests/security/founding found one); "
            "if nothing, add it to PLAIN there."
        )

    def is_record(self, parameter: Any) -> bool:
        """Whether a parameter of the query names a record. Asks for a word where nothing says so."""
        _, schema = self._operation.plain(parameter.schema)
        if schema.get("type") == "array":
            _, schema = self._operation.plain(schema["items"])
        if schema.get("type") != "string" or "enum" in schema or schema.get("format") in ("date", "date-time"):
            return False
        if f"{self._operation.name}.{parameter.name}" in PLAIN or parameter.name in PLAIN:
            return False
        return bool(self.record(parameter.name))

    def value(self, schema: Schema, word: str, owner: str = "") -> Any:
        name, schema = self._operation.plain(schema)
        match schema.get("type"):
            case "object" if "properties" in schema:
                return self._object(name, schema)
            case "array":
                return [self.value(schema["items"], word, owner)]
            case "integer" | "number":
                return schema.get("minimum", 1)
            case "boolean":
                return False
            case "string" if "enum" in schema:
                return schema["enum"][0]
            case "string" if schema.get("format") in ("date", "date-time"):
                return "2024-06-01" + ("T00:00:00Z" if schema["format"] == "date-time" else "")
            case "string" if "pattern" in schema:
                return "1"
            case "string":
                return self._text(word, owner)
        raise NoRecipe(f"{self._operation.name}: write a body for it under @bodies in tests/security/recipes")

    def _text(self, word: str, owner: str) -> Any:
        for name in (f"{self._operation.name}.{word}", word):
            if name in PLAIN:
                return PLAIN[name]
        return self.record(word, owner)

    def _object(self, name: str, schema: Schema) -> dict[str, Any]:
        """What is needed, every record it may name, and a new name."""
        required = schema.get("required", ())
        found = {}
        for word, part in schema["properties"].items():
            if word in required or word == "name" or self._names_records(word, part, name):
                found[word] = self.value(part, word, name)
        return found

    def _names_records(self, word: str, schema: Schema, owner: str) -> bool:
        name, schema = self._operation.plain(schema)
        if schema.get("type") == "array":
            return self._names_records(word, schema["items"], owner)
        if "properties" in schema:
            return any(self._names_records(inner, part, name) for inner, part in schema["properties"].items())
        if schema.get("type") != "string" or "enum" in schema or "pattern" in schema:
            return False
        if schema.get("format") in ("date", "date-time"):
            return False
        return isinstance(self._text(word, owner), Ref)
