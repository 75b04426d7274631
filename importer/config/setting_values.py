"""What values settings may have: each is taken as it is used, or refused in words that a person can act on."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from importer.ids import is_safe_segment, normal_id
from importer.model import source
from importer.model.run import MaxErrors

_NO_URL: Final = "it must look like https://api.example.com"
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_URL_CHARACTERS: Final = re.compile(r"[!-~]+")
DEFAULT_BASE_URL: Final = "https://api.reverepayments.dev"


def is_loopback(url: str) -> bool:
    """Return whether requests to a URL stay on this machine; raise ValueError where it is no URL."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def usable_url(value: str) -> str:
    """Return a base URL as it is used and compared: lower case but for the path, no default port, no slash at the end.

    Raises:
        ValueError: Requests must not go there, or cannot. The message quotes nothing of the value.
    """
    url = value.strip().rstrip("/")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ValueError(_NO_URL) from None  # Python's own words quote parts of the value
    if parts.scheme not in ("http", "https") or not host or not _URL_CHARACTERS.fullmatch(url):
        raise ValueError(_NO_URL)
    if parts.username is not None or "?" in url or "#" in url:
        raise ValueError("it must have no user, no ? and no #")
    if parts.scheme == "http" and not is_loopback(url):
        raise ValueError(
            "plain http is accepted for this machine only (localhost), since it would show the key: use https"
        )
    netloc_host = f"[{host}]" if ":" in host else host
    return parts._replace(
        netloc=netloc_host if port in (None, _DEFAULT_PORTS[parts.scheme]) else f"{netloc_host}:{port}"
    ).geturl()


def path_segment(value: str) -> str:
    """Return an id in the form in which it is sent; raise ValueError where it is not safe in a URL's path."""
    text = value.strip()
    if not is_safe_segment(text):
        raise ValueError("it must be 1 to 128 letters, digits and - _ . ~")
    return normal_id(text)


def regular_expression(value: str) -> str:
    """Return a regular expression as it is; raise ValueError where it is none."""
    try:
        re.compile(value)
    except (re.error, OverflowError, RecursionError) as error:
        reason = error.msg if isinstance(error, re.error) else "it asks for too much"
        raise ValueError(f"it is no regular expression: {reason}") from error
    return value


def number_or_auto(value: object) -> object:
    """Return None for `auto`."""
    return None if isinstance(value, str) and value.strip().lower() == "auto" else value


def error_limit(value: str) -> str:
    """Return how many rows may go wrong, `N` or `P%`; raise ValueError where it is neither."""
    MaxErrors.parse(value)
    return value.strip()


def text_encoding(value: str) -> str:
    """Return the name of an encoding of text, as it was given."""
    name = value.strip()
    try:
        "x".encode(name)
    except LookupError as error:  # there is no such codec, or it is none of text
        raise ValueError("there is no such encoding of text; common ones are windows-1252, utf-8 and utf-16") from error
    return name


def column_mapping(value: object) -> object:
    """Return a mapping of headers to fields, which in the environment is a JSON object."""
    fields = tuple(source.Field)
    if isinstance(value, str):
        with suppress(ValueError):
            value = json.loads(value)
    if isinstance(value, Mapping) and all(header.strip() and field in fields for header, field in value.items()):
        return value
    told = (
        ""
        if isinstance(value, Mapping)
        else 'it must be a JSON object of headers and fields, such as {"Mail": "email"}'
    )
    raise ValueError(f"{told or 'it must have a field for each header'}; fields are {', '.join(fields)}")


def words(value: object) -> object:
    """Return the words of a command, which in the environment are a JSON list; None as it is."""
    if value is None:
        return None
    if isinstance(value, str):
        with suppress(ValueError):
            value = json.loads(value)
    if isinstance(value, list | tuple) and value and all(isinstance(word, str) for word in value) and value[0]:
        if "/" in value[0] and not value[0].startswith("/"):
            raise ValueError("a program that is no command's name takes its whole path, from / on")
        return tuple(value)
    raise ValueError('it must be a list of words, such as ["pass", "show", "importer"]; no shell takes them apart')


def keyring_entry(value: str) -> str:
    """Return what names an entry of the keyring."""
    service, _, user = value.partition("/")
    if not service.strip() or not user.strip() or service.strip().startswith("-"):
        raise ValueError("it must be a service and a user with a slash between them, such as importer/north")
    return value.strip()
