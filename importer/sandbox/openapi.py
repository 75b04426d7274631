"""The published description of the API (OpenAPI 3.1): what the sandbox serves at `/openapi.json`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from importer import __version__
from importer.ids import UUID_PATTERN
from importer.sandbox.magic import describe_magic
from importer.sandbox.values import EMAIL_PATTERN, FIELDS, MAX_BODY_BYTES, NAME_PATTERN

ROUTE: Final = "/api/v1/groups/{group_id}/revere_pay/{linked_account_id}/customers/{customer_id}"
OPENAPI_PATH: Final = "/openapi.json"

_MOMENT_PATTERN: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z$"

_Schema = Mapping[str, object]

_UUID: Final[_Schema] = {"type": "string", "format": "uuid", "pattern": f"^{UUID_PATTERN}$"}
_NAME: Final[_Schema] = {"type": "string", "pattern": NAME_PATTERN}
_EMAIL: Final[_Schema] = {"type": "string", "pattern": EMAIL_PATTERN}
_MOMENT: Final[_Schema] = {"type": "string", "format": "date-time", "pattern": _MOMENT_PATTERN}

_UPDATE: Final[_Schema] = {
    "description": "A full replacement: all three values, every time.",
    "type": "object",
    "required": list(FIELDS),
    "properties": {"first_name": _NAME, "last_name": _NAME, "email": _EMAIL},
    "examples": [{"first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.com"}],
}
_CUSTOMER: Final[_Schema] = {
    "type": "object",
    "required": ["id", "group_id", *FIELDS, "created_at", "updated_at"],
    "properties": {
        "id": _UUID,
        "group_id": _UUID,
        "first_name": {"type": "string"},
        "last_name": {"type": "string"},
        "email": {"type": "string"},
        "created_at": _MOMENT,
        "updated_at": _MOMENT,
    },
    "additionalProperties": False,
}
_ERROR: Final[_Schema] = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "fields"],
            "properties": {
                "code": {"type": "string"},
                "message": {"type": "string"},
                "fields": {
                    "description": "What is wrong with which field of the body.",
                    "type": "object",
                    "propertyNames": {"enum": list(FIELDS)},
                    "additionalProperties": {"type": "string"},
                },
            },
        }
    },
}
_RETRY_AFTER: Final[_Schema] = {
    "Retry-After": {
        "description": "Whole seconds, at least 1.",
        "required": True,
        "schema": {"type": "integer", "minimum": 1},
    }
}


def describe_api() -> Mapping[str, object]:
    """Return the description; data that fits it is accepted, magic addresses and limits apart."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Update Customer (sandbox)",
            "version": __version__,
            "description": f"Magic addresses, for the field email:\n\n{describe_magic()}",
        },
        "servers": [{"url": "/"}],
        "security": [{"api_key": []}],
        "paths": {ROUTE: {"put": _operation()}},
        "components": {
            "securitySchemes": {"api_key": {"type": "apiKey", "in": "header", "name": "Authorization"}},
            "schemas": {"Update": _UPDATE, "Customer": _CUSTOMER, "Error": _ERROR},
        },
    }


def _operation() -> Mapping[str, object]:
    return {
        "operationId": "updateCustomer",
        "summary": "Replace a customer's first name, last name and e-mail address.",
        "parameters": [
            _path_parameter("group_id", _UUID),
            _path_parameter("linked_account_id", {"type": "string", "minLength": 1}),
            _path_parameter("customer_id", _UUID),
        ],
        "requestBody": {"required": True, "content": _json_of("Update")},
        "responses": {
            "200": {"description": "The customer as it is stored now.", "content": _json_of("Customer")},
            "400": _error("The body is not the documented object; `fields` says where."),
            "401": _error("There is no API key, or it is not valid."),
            "403": _error("The API key may not manage customers."),
            "404": _error("There is no such group, linked account or customer."),
            "413": _error(f"The body is longer than {MAX_BODY_BYTES} bytes."),
            "425": _error("It is too early to look at the request."),
            "429": {**_error("There are too many requests per second."), "headers": _RETRY_AFTER},
            "500": _error("An internal error."),
            "503": {**_error("The service is not available now."), "headers": _RETRY_AFTER},
        },
    }


def _path_parameter(name: str, schema: _Schema) -> Mapping[str, object]:
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _error(description: str) -> Mapping[str, object]:
    return {"description": description, "content": _json_of("Error")}


def _json_of(name: str) -> Mapping[str, object]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}
