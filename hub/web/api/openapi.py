"""The OpenAPI 3.1 document, made from the table of routes and the shapes: it cannot say what is not so."""

import re
from functools import cache
from typing import Any, Final

import msgspec
from msgspec import structs

from contract import VERSION
from hub.core.scopes import SCOPES
from hub.core.webhooks import KINDS
from hub.web.api import shapes
from hub.web.api.routes import ROUTES, Route
from hub.web.problems import PROBLEM, Problem

_REFERENCE: Final = "#/components/schemas/{name}"
_PROBLEMS: Final[dict[int, str]] = {
    400: "Parameters or body are not what this document says",
    401: "No token, or one that ended",
    403: "The token lacks the scope",
    404: "Not there, or not to be seen with this token",
    409: "It does not fit what is there",
    413: "Too large",
    415: "The body is not JSON",
    429: "Too many requests: wait as Retry-After says",
}
_ABOUT: Final = """What other programs may read of a network of concierge desks, and announce to it.

Every request bears `Authorization: Bearer TOKEN`. An administrator makes tokens on the hub, each with scopes,
sites and an end. Without `read:people` no answer says whose something is. Moments are UTC. Lists come in
pages: send `next` as `after`. Errors are `application/problem+json`, with what to do in `detail`. An answer
has an `ETag`: sent back in `If-None-Match`, an unchanged one costs nothing. No door opens through this API.
Fields may be added; those there are stay."""


@cache
def document() -> bytes:
    """The document as JSON."""
    return msgspec.json.encode(_document())


def _document() -> dict[str, Any]:
    types: list[Any] = [Problem, shapes.Happened]
    for route in ROUTES:
        types += [route.gives, *([route.body] if route.body else [])]
    schemas, components = msgspec.json.schema_components(types, ref_template=_REFERENCE)
    by_type = {id(kind): schema for kind, schema in zip(types, schemas, strict=True)}
    paths: dict[str, dict[str, Any]] = {}
    for route in ROUTES:
        paths.setdefault(f"/api/1/{route.path}", {})[route.method.lower()] = _operation(route, by_type)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Conciergerie",
            "version": VERSION,
            "description": _ABOUT,
            "license": {"name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later"},
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": paths,
        "webhooks": {kind: {"post": _told(kind, by_type[id(shapes.Happened)])} for kind in KINDS},
        "components": {
            "schemas": components,
            "responses": _problems(by_type[id(Problem)]),
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "Scopes: " + ", ".join(SCOPES),
                }
            },
        },
    }


def _operation(route: Route, by_type: dict[int, Any]) -> dict[str, Any]:
    answer = {"content": {"application/json": {"schema": by_type[id(route.gives)]}}}
    said: dict[str, Any] = {
        "operationId": route.name,
        "summary": route.summary,
        "description": f"Scope: `{route.scope}`.",
        "x-scope": route.scope,
        "parameters": [*_path_parameters(route), *_query_parameters(route)],
        "responses": {str(status): {"description": "Done", **answer} for status in route.statuses}
        | {str(status): {"$ref": f"#/components/responses/{status}"} for status in _problems_of(route)},
    }
    if route.body is not None:
        content = {"application/json": {"schema": by_type[id(route.body)]}}
        said["requestBody"] = {"required": True, "content": content}
    return said


def _told(kind: str, schema: Any) -> dict[str, Any]:
    """What the hub sends to whoever is told: the other way round, and not under `/api/1/`."""
    return {
        "summary": kind,
        "description": "Signed as Standard Webhooks are, by the headers webhook-id, webhook-timestamp and"
        " webhook-signature. Sent again for a day until it is answered by 2xx.",
        "security": [],
        "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
        "responses": {"2XX": {"description": "Taken"}, "410": {"description": "Tell me nothing more"}},
    }


def _problems_of(route: Route) -> list[int]:
    only_bodies = {409, 413, 415}
    return [status for status in _PROBLEMS if route.body is not None or status not in only_bodies]


def _problems(schema: Any) -> dict[str, Any]:
    content = {PROBLEM: {"schema": schema}}
    return {str(status): {"description": why, "content": content} for status, why in _PROBLEMS.items()}


def _path_parameters(route: Route) -> list[dict[str, Any]]:
    schema = {"type": "string", "pattern": "^[A-Za-z0-9._:-]{1,64}$"}
    names = re.findall(r"\{(\w+)\}", route.path)
    return [{"name": name, "in": "path", "required": True, "schema": schema} for name in names]


def _query_parameters(route: Route) -> list[dict[str, Any]]:
    """One of each field; what is absent cannot be said, so `null` is no value of theirs."""
    found = []
    for field in structs.fields(route.takes):
        schema = _without_null(msgspec.json.schema(field.type))
        if field.default is not None:
            schema["default"] = field.default
        found.append({"name": field.encode_name, "in": "query", "required": False, "schema": schema})
    return found


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    kinds = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
    return dict(kinds[0]) if kinds else schema
