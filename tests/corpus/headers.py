"""The names of columns: in seven languages, written in many ways, wanting and ambiguous."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from tests.corpus.people import ANA, BEN, CLEO, HEADER, PLAIN, refused, sent, warned
from tests.corpus.text_cases import lines, refused_case, text_case
from tests.corpus.truth import Case

LANGUAGES: Final[Mapping[str, Sequence[str]]] = {
    "english": ("Customer Number", "Given Name", "Surname", "E-Mail Address"),
    "spanish": ("Número de cliente", "Nombre", "Apellidos", "Correo electrónico"),
    "portuguese": ("Código do cliente", "Nome", "Sobrenome", "Endereço de e-mail"),
    "french": ("N° client", "Prénom", "Nom de famille", "Adresse e-mail"),
    "german": ("Kundennummer", "Vorname", "Nachname", "E-Mail-Adresse"),
    "italian": ("Codice cliente", "Nome", "Cognome", "Posta elettronica"),
    "dutch": ("Klantnummer", "Voornaam", "Achternaam", "E-mailadres"),
}
_HALVES: Final[Mapping[str, Sequence[str]]] = {
    "portugal": ("ID do cliente", "Nome próprio", "Apelido", "Correio eletrónico"),
    "french-short": ("Identifiant client", "Prénom", "Nom", "Courriel"),
    "german-short": ("Kd.-Nr.", "Vorname", "Name", "Mail"),
}
_WAYS: Final[Mapping[str, Sequence[str]]] = {
    "snake-case": ("customer_id", "first_name", "last_name", "email"),
    "camel-case": ("customerId", "firstName", "lastName", "emailAddress"),
    "capitals": ("CUSTOMER ID", "FIRST NAME", "LAST NAME", "E-MAIL"),
    "hyphens": ("customer-id", "first-name", "last-name", "e-mail"),
    "blanks-around": (" Customer ID ", "  First Name", "Last  Name", "Email  "),
    "no-break-spaces": ("Customer\u00a0ID", "First\u00a0Name", "Last\u00a0Name", "Email"),
    "colons": ("Customer ID:", "First Name:", "Last Name:", "Email:"),
    "stars": ("Customer ID *", "First Name *", "Last Name *", "Email *"),
    "decomposed": ("Nu\u0301mero de cliente", "Nombre", "Apellidos", "Correo electro\u0301nico"),
    "without-accents": ("Numero de cliente", "Nombre", "Apellidos", "Correo electronico"),
    "wide-letters": ("Ｃｕｓｔｏｍｅｒ ＩＤ", "Ｆｉｒｓｔ Ｎａｍｅ", "Ｌａｓｔ Ｎａｍｅ", "Ｅｍａｉｌ"),
    "line-breaks": ('"Customer\nID"', '"First\nName"', '"Last\nName"', "Email"),
}


def cases() -> Iterator[Case]:
    """Yield the files whose header is what they are about."""
    for name, header in {**LANGUAGES, **_HALVES}.items():
        told = f"Names of columns: {', '.join(header)}"
        yield text_case(f"headers/{name}.csv", told, lines(header, *PLAIN), sent(PLAIN))
    for name, header in _WAYS.items():
        told = f"Names of columns written in a way of their own: {name.replace('-', ' ')}"
        yield text_case(f"headers/{name}.csv", told, lines(header, *PLAIN), sent(PLAIN))
    yield from _said()
    yield from _refused()
    yield from _more_columns()


def _said() -> Iterator[Case]:
    header = ("Nr", "Vn", "Nn", "Adr")
    columns = {"Nr": "customer_id", "Vn": "first_name", "Nn": "last_name", "Adr": "email"}
    yield refused_case("headers/unsaid.csv", "Names that nobody knows", lines(header, *PLAIN), "missing_column")
    yield text_case(
        "headers/said.csv", "The same, each said to be a field", lines(header, *PLAIN), sent(PLAIN),
        options={"columns": columns},
    )  # fmt: skip
    two = [(*one, "other@example.com") for one in PLAIN]
    yield text_case(
        "headers/one-of-two-said.csv", "Two columns with addresses, of which one is said to be it",
        lines((*HEADER, "Mail"), *two), sent(PLAIN), options={"columns": {"Email": "email"}},
    )  # fmt: skip
    yield refused_case(
        "headers/said-but-not-there.csv", "A column is said that is not there", lines(HEADER, *PLAIN), "unknown_column",
        columns={"Post": "email"},
    )  # fmt: skip


def _refused() -> Iterator[Case]:
    whole = [(uid, f"{first} {last}", email) for uid, first, last, email in PLAIN]
    for name, column in (
        ("full-name", "Full Name"),
        ("name", "Name"),
        ("nombre", "Nombre completo"),
        ("kunde", "Kundenname"),
    ):
        data = lines(("Customer ID", column, "Email"), *whole)
        yield refused_case(
            f"headers/whole-{name}.csv", f"First and last name in one column, {column}", data, "whole_name_column"
        )
    for at, name in enumerate(("id", "first-name", "last-name", "email")):
        data = lines(*([*one[:at], *one[at + 1 :]] for one in (HEADER, *PLAIN)))
        told = f"Without a column for the {name.replace('-', ' ')}"
        yield refused_case(f"headers/without-{name}.csv", told, data, "missing_column")
    two = lines((*HEADER, "Mail"), *((*one, "other@example.com") for one in PLAIN))
    yield refused_case("headers/two-addresses.csv", "Two columns that could be the address", two, "ambiguous_column")
    two = lines((*HEADER, "Email"), *((*one, one[3]) for one in PLAIN))
    yield refused_case("headers/one-name-twice.csv", "One name for two columns", two, "ambiguous_column")
    near = lines(("Customer Idd", "First Nam", "Last Name", "Email"), *PLAIN)
    yield refused_case("headers/near-misses.csv", "Names with slips, which are never taken", near, "missing_column")
    plain = lines(("id", "First Name", "Last Name", "Email"), *PLAIN)
    yield refused_case("headers/plain-id.csv", "A plain id may be anybody's", plain, "missing_column")


def _more_columns() -> Iterator[Case]:
    header = (*HEADER, "Group ID", "Linked Account ID")
    good = [(*ANA, "north", "acc-1"), (*BEN, "", "")]
    yield text_case(
        "headers/group-and-account.csv", "Columns for the group and the account; blank ones are the run's own",
        lines(header, *good, (*CLEO, "no/where", "a b")),
        [*sent([ANA, BEN]), refused(4, "invalid_group_id", "invalid_linked_account_id")],
    )  # fmt: skip
    for name, column in (("remark", "Group ID (optional)"), ("remark-in-words", "Optional Group ID")):
        yield text_case(
            f"headers/group-with-{name}.csv", f"A remark on the column of the group: {column}",
            lines((*HEADER, column), (*ANA, "north"), (*BEN, "no/where")),
            [*sent([ANA]), refused(3, "invalid_group_id")],
        )  # fmt: skip
    book = (
        "Customer ID",
        "Title",
        "First Name",
        "Middle Name",
        "Last Name",
        "Suffix",
        "E-mail Address",
        "E-mail Type",
        "E-mail Display Name",
        "E-mail 2 Address",
        "Manager's Name",
        "Web Page",
    )
    of_book = [
        (uid, "Ms", first, "K.", last, "Jr.", email, "SMTP", f"{first} {last}", "private@example.com", "Eve Ek", "")
        for uid, first, last, email in (ANA, (*BEN[:3], ""), CLEO)
    ]
    yield text_case(
        "headers/address-book.csv", "The columns of an address book, several of which have the words of needed ones",
        lines(book, *of_book), [*sent([ANA]), refused(3, "blank_email"), *sent([CLEO], 4)],
    )  # fmt: skip
    own = ("status", "updated_at", "message", "error_code", "http_status", "attempts")
    done = ("updated", "2025-07-21T12:43:14Z", "", "", "200", "1")
    said = ("invalid", "", "The address is not valid.", "invalid_email", "", "0")
    yield text_case(
        "headers/annotated.csv", "A report of an earlier run, corrected by hand",
        lines((*HEADER, *own), (*ANA, *done), (*BEN, *said)), sent([ANA, BEN]),
    )  # fmt: skip
    prefixed = [f"import_{name}" for name in own]
    yield text_case(
        "headers/annotated-with-prefix.csv", "A report of a table that has a status of its own",
        lines((*HEADER, "status", *prefixed), (*ANA, "gold", *done), (*BEN, "blue", *said)), sent([ANA, BEN]),
    )  # fmt: skip
    yield text_case(
        "headers/annotated-guarded.csv", "A report takes off the apostrophe that it has put before a formula",
        lines((*HEADER, *own), (ANA[0], "'=Ana", *ANA[2:], *done)),
        [warned(2, (ANA[0], "=Ana", *ANA[2:]), "formula_in_name")],
    )  # fmt: skip
    yield text_case(
        "headers/begins-as-an-archive.csv", "The first column is called as a zip archive begins",
        lines(("PK", *HEADER), *((str(at), *one) for at, one in enumerate(PLAIN))), sent(PLAIN),
    )  # fmt: skip
    short = ("invalid", "", "This record has 3 cells.", "wrong_field_count", "", "0")
    yield text_case(
        "headers/annotated-still-short.csv", "A row that was too short in the source, padded by a report, not mended",
        lines((*HEADER, *own), (*ANA, *done), (*BEN[:3], "", *short)), [*sent([ANA]), refused(3, "wrong_field_count")],
    )  # fmt: skip
    yield text_case(
        "headers/some-own-names.csv", "A table with a status and a message that no report has added",
        lines((*HEADER, "status", "message"), (*ANA, "gold", "hello")), sent([ANA]),
    )  # fmt: skip
