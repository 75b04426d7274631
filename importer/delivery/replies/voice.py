"""In whose name an answer came: the API's own, or that of something in front of it.

Between the importer and the API stand proxies, and some answer in its name after it has applied a request. What they
say is a page or plain text, where the API answers in JSON, or it comes under another name in the header `Server`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Final

from importer.delivery.replies.quoting import is_page
from importer.delivery.wire.attempts import Reply

_PAGES: Final = frozenset({"text/html", "application/xhtml+xml"})
_JSON: Final = "application/json"
_PRODUCT: Final = re.compile(r"[!#$%&'*+.^_`|~0-9a-z()-]{1,64}")
_MOST_PRODUCTS: Final = 16
"""So many are kept in the journal: after two, the header says nothing any more."""


class Voice:
    """Tells whether refusals are the API's own, by what the confirmations of a run had in their header `Server`.

    Args:
        products: By what confirmations of this run were answered, in an earlier process of it.
        earlier: By what those of the last run to the same API were answered: they count until there is one of this.
        any_errors: Whether somebody has said that the API's refusals need not be JSON: then all are its own.
    """

    def __init__(self, products: Iterable[str] = (), *, earlier: Iterable[str] = (), any_errors: bool = False) -> None:
        self._products: Final = set(products)
        self._earlier: Final = frozenset(earlier)
        self.any_errors: Final = any_errors

    def confirmed(self, reply: Reply) -> str | None:
        """Take in a confirmation; return what answered it, where no other of the run was answered by that."""
        product = product_of(reply.server)
        if product in self._products or len(self._products) >= _MOST_PRODUCTS:
            return None
        self._products.add(product)
        return product

    @property
    def is_unknown(self) -> bool:
        """Whether there was no confirmation yet, so that every JSON object is believed."""
        return not (self._products or self._earlier or self.any_errors)

    def may_be_own(self, product: str) -> bool:
        """Return whether a JSON object from `product` may be the API's own.

        A header that is absent, added, or differs among the confirmations says nothing.
        """
        known = self._products or self._earlier
        return len(known) != 1 or "" in known or product == "" or product in known

    def has_confirmed(self, product: str) -> bool:
        """Return whether a confirmation was answered by `product`."""
        return product in (self._products or self._earlier)

    def is_own(self, reply: Reply) -> bool:
        """Return whether a refusal is certainly the API's: before any confirmation, every JSON object is."""
        return self.any_errors or (is_json_object(reply) and self.may_be_own(product_of(reply.server)))


def product_of(server: str) -> str:
    """Return the product that a header `Server` names first, without its version; "" for none, or what cannot be one.

    Source: RFC 9110, 10.2.4.

    Example: `product_of("Apache/2.4.57 (Debian)")` is `"apache"`.
    """
    product = server.partition("/")[0].strip().partition(" ")[0].lower()
    return product if _PRODUCT.fullmatch(product) else ""


def is_json_object(reply: Reply) -> bool:
    """Return whether a reply says that it is JSON, and is an object."""
    media_type = _media_type(reply)
    if media_type != _JSON and not media_type.endswith("+json"):
        return False
    try:
        return isinstance(json.loads(reply.body), dict)
    except (ValueError, RecursionError):
        return False


def is_html(reply: Reply) -> bool:
    """Return whether a reply is a page for people, by what it says or by what it is; one without a body is none.

    One whose body did not arrive is one unless it says to be something else.
    """
    says_so = any(kind.partition(";")[0].strip().lower() in _PAGES for kind in reply.content_type.split(","))
    if reply.fault is not None and (says_so or not reply.content_type):
        return True
    return is_page(reply.body) or (bool(reply.body.strip()) and says_so)


def _media_type(reply: Reply) -> str:
    return reply.content_type.partition(";")[0].strip().lower()
