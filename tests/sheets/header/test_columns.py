"""Columns, found by their names."""

from __future__ import annotations

import re
import shlex
import unicodedata
from pathlib import Path

import pytest

from importer.errors import SourceError
from importer.model.source import REQUIRED_FIELDS, Field
from importer.sheets.header.column_names import known_names, names_only_beside, normal_name, whole_names
from importer.sheets.header.columns import count_fields, find_columns, lacks_columns
from importer.sheets.header.mapping import parse_mapping
from importer.sheets.open import open_table
from importer.sheets.reading import Reading
from tests.sheets.files import write_csv, write_xlsx


def test_the_names_are_known_for_every_field_and_mean_one_field_each() -> None:
    """The usual name of a field comes first, and no name is known for two."""
    names = known_names()
    assert set(names) == set(Field)
    fields_of: dict[str, set[Field]] = {}
    for field, known in names.items():
        for name in known:
            fields_of.setdefault(normal_name(name), set()).add(field)
    assert [name for name, fields in fields_of.items() if len(fields) > 1] == []


def test_names_that_depend_on_their_neighbours_are_not_known_without_them() -> None:
    """A name means a field always or beside others, and the others are names that mean the other half."""
    always = {normal_name(name): field for field, names in known_names().items() for name in names}
    for entry in names_only_beside():
        assert entry.names.isdisjoint(always)
        halves = {Field.FIRST_NAME, Field.LAST_NAME} - {entry.field}
        others = {name for other in names_only_beside() if {other.field} == halves for name in other.names}
        assert {always.get(name) for name in entry.beside - others} <= halves
    assert whole_names().isdisjoint(always)


@pytest.mark.parametrize(
    "header",
    [
        ["Customer ID", "First Name", "Last Name", "Email"],
        ["customer_id", "first_name", "last_name", "email"],
        ["CustomerId", "GIVEN-NAME", "Surname", "E-mail Address"],
        [" client  id ", "Forename", "Family name", "Mail"],
        ["Cust\u00f3mer ID", "\ufeffFirst Name", "L\u00e1st N\u00e4me", "E\u2011Mail"],
    ],
)
def test_columns_are_found_whatever_their_case_spacing_punctuation_or_accents(header: list[str]) -> None:
    """The header's text is kept as it stands in the file."""
    columns = find_columns(header, "orders.csv")
    assert {field: columns[field].position for field in columns} == dict(zip(REQUIRED_FIELDS, range(4), strict=True))
    assert columns[Field.LAST_NAME].header == header[2]


PLAIN = ("Customer ID", "First Name", "Last Name", "Email")


def _lines(*names: str) -> str:
    """Return a file with such a header, and one row."""
    return f"{','.join(names)}\n{','.join('x' for _ in names)}\n"


@pytest.mark.parametrize(
    "name",
    [
        *(
            "Group ID (optional)",
            "Group ID [Optional]",
            "Group ID - optional",
            "group_id_optional",
            "Optional: Group ID",
        ),
        *(
            "groupIdOptional",
            "Group ID (UUID, optional)",
            "Group ID (required)",
            "ID de grupo (opcional)",
            "[Group ID]",
        ),
        *("Gruppen-ID (fakultativ)", "ID groupe (facultatif)", "Group ID*"),
    ],
)
def test_a_remark_on_a_column_makes_it_no_other_one(name: str) -> None:
    """A template says that a column may be left blank; the rows still go where it says."""
    assert find_columns([*PLAIN, name], "orders.csv")[Field.GROUP_ID].header == name


def test_a_remark_counts_only_where_no_other_column_is_known() -> None:
    """The plain name wins; of two with remarks, a person has to say which."""
    columns = find_columns([*PLAIN, "Group ID (optional)", "Group ID"], "orders.csv")
    assert columns[Field.GROUP_ID].position == 5

    with pytest.raises(SourceError) as refused:
        find_columns([*PLAIN, "Group ID (optional)", "Optional Group ID"], "orders.csv")
    assert refused.value.code == "ambiguous_column"


@pytest.mark.parametrize(
    ("name", "field"),
    [
        *(
            (name, Field.GROUP_ID)
            for name in ("Target group", "Group", "Customer group", "Group (new)", "GroupNo", "grp")
        ),
        *((name, Field.GROUP_ID) for name in ("Gruop ID", "Grupo", "Gruppennummer", "Group ID (old)", "Group ID 2")),
        *(
            (name, Field.LINKED_ACCOUNT_ID)
            for name in ("Account", "Account ID", "Linked acc", "Kontonummer", "Acct No")
        ),
        *((name, Field.LINKED_ACCOUNT_ID) for name in ("Linked Acount ID", "Linked Account ID (old)", "Cuenta")),
    ],
)
def test_a_column_that_may_say_where_rows_go_is_told(name: str, field: Field, tmp_path: Path) -> None:
    """It is not read, and a note says so before anything is sent, and what to do."""
    table = open_table(write_csv(tmp_path / "orders.csv", _lines(*PLAIN, name)))

    [note] = table.detected.notes
    assert f'"{name}" is not read' in note
    assert field.value in note
    assert field not in table.columns


@pytest.mark.parametrize(
    "name", ["Account manager", "Age group", "Account balance", "Grouping", "Notes", "Group leader"]
)
def test_a_column_about_something_else_is_not_told(name: str, tmp_path: Path) -> None:
    """A word more says that it is no group's or account's id."""
    assert open_table(write_csv(tmp_path / "orders.csv", _lines(*PLAIN, name))).detected.notes == ()


def test_nothing_is_told_where_the_field_has_its_column(tmp_path: Path) -> None:
    """Beside the column of the group, another one is a user's own."""
    text = _lines(*PLAIN, "Group ID", "Target group", "Linked Account ID", "Account")
    assert open_table(write_csv(tmp_path / "orders.csv", text)).detected.notes == ()


@pytest.mark.parametrize(
    "header",
    [
        pytest.param(["ID de cliente", "Nombre", "Apellidos", "Correo electrónico"], id="Spanish"),
        pytest.param(["N.º de cliente", "NOMBRE(S)", "APELLIDO(S)", "Correo"], id="Spanish, in capitals"),
        pytest.param(["Código do cliente", "Nome", "Sobrenome", "Endereço de e-mail"], id="Portuguese of Brazil"),
        pytest.param(["N.º do cliente", "Nome próprio", "Apelido", "Correio eletrónico"], id="Portuguese of Portugal"),
        pytest.param(["Identifiant client", "Prénom", "Nom", "Courriel"], id="French, with accents"),
        pytest.param(["N° client", "PRENOM", "NOM", "ADRESSE E-MAIL"], id="French, in capitals"),
        pytest.param(["Numéro de client", "Prénom", "Nom de famille", "Adresse électronique"], id="French, in full"),
        pytest.param(["Kunden-ID", "Vorname", "Nachname", "E-Mail-Adresse"], id="German"),
        pytest.param(["Kd.-Nr.", "Vorname", "Name", "Email"], id="German, short"),
        pytest.param(["Codice cliente", "Nome", "Cognome", "Posta elettronica"], id="Italian"),
        pytest.param(["Klantnummer", "Voornaam", "Achternaam", "E-mailadres"], id="Dutch"),
        pytest.param(["Klant-ID", "Voornaam", "Naam", "Mailadres"], id="Dutch of Belgium"),
    ],
)
def test_columns_are_found_in_seven_languages(header: list[str]) -> None:
    """What exports call their columns is known, in whatever order they stand."""
    columns = find_columns([*header[::-1], "Notas"], "clientes.csv")
    assert {field: column.header for field, column in columns.items()} == dict(
        zip(REQUIRED_FIELDS, header, strict=True)
    )


@pytest.mark.parametrize(
    ("header", "first", "last"),
    [
        pytest.param(["Nom", "Prénom", "Nom de famille"], "Prénom", "Nom de famille", id="French"),
        pytest.param(["Name", "Vorname", "Nachname"], "Vorname", "Nachname", id="German"),
        pytest.param(["Nome", "Sobrenome", "Apelido"], "Nome", "Sobrenome", id="a nickname in Brazil"),
        pytest.param(["Nombre", "Nombre de pila", "Apellidos"], "Nombre de pila", "Apellidos", id="Spanish"),
        pytest.param(["Nombre completo", "Nombre", "Apellidos"], "Nombre", "Apellidos", id="whole name beside"),
    ],
)
def test_a_plainer_name_wins_over_one_that_depends_on_its_neighbours(header: list[str], first: str, last: str) -> None:
    """A plain Nom is the last name only where nothing else is."""
    columns = find_columns(["Customer ID", *header, "Email"], "orders.csv")
    assert (columns[Field.FIRST_NAME].header, columns[Field.LAST_NAME].header) == (first, last)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "Full Name",
            "Name",
            "name ",
            "Customer_Name",
            "Nombre completo",
            "Nombre",
            "Nom complet",
            "NOM",
            "Nom et prénom",
        ),
        *(
            "Vollständiger Name",
            "Vor- und Nachname",
            "Name, Vorname",
            "Nome",
            "Nome e cognome",
            "Naam",
            "Volledige naam",
        ),
    ],
)
def test_one_column_for_the_whole_name_is_refused_with_the_reason(name: str) -> None:
    """No rule splits a name truthfully, so a person has to."""
    with pytest.raises(SourceError) as caught:
        find_columns(["Customer ID", name, "Phone"], "orders.csv")
    assert caught.value.code == "whole_name_column"
    assert caught.value.message.startswith("orders.csv has the whole name in one column, ")
    assert caught.value.message.endswith(
        " (B), and no column for the first or the last name: where the one ends and the other begins, only a person "
        "can say. It also has no column for the e-mail address."
    )
    assert caught.value.hint == 'Put first and last names into two columns, "First Name" and "Last Name".'


def test_a_whole_name_beside_one_half_is_a_missing_column() -> None:
    """Where one half is there, the other is what is missing."""
    with pytest.raises(SourceError) as caught:
        find_columns(["Customer ID", "Name", "First Name", "Email"], "orders.csv")
    assert caught.value.code == "missing_column"
    assert "has no column for the last name" in caught.value.message


def test_a_chosen_column_holds_its_field_whatever_it_is_called() -> None:
    """It wins over the known names of the field, and is taken for no other field."""
    header = ["Ref", "First Name", "Last Name", "Email", "Mail (private)"]
    chosen = {"Ref": Field.CUSTOMER_ID, "Mail (private)": Field.EMAIL}
    columns = find_columns(header, "orders.csv", chosen)
    assert [columns[field].position for field in REQUIRED_FIELDS] == [0, 1, 2, 4]

    swapped = find_columns(
        ["Customer ID", "First Name", "Last Name", "Email"],
        "orders.csv",
        {"First Name": Field.LAST_NAME, "Last Name": Field.FIRST_NAME},
    )
    assert [swapped[field].position for field in REQUIRED_FIELDS] == [0, 2, 1, 3]


def test_a_chosen_column_settles_what_is_ambiguous() -> None:
    """Of two columns that could be the e-mail address, the user has named one."""
    header = ["Customer ID", "First Name", "Last Name", "Email", "Mail"]
    assert find_columns(header, "orders.csv", {"Mail": Field.EMAIL})[Field.EMAIL].position == 4


def test_a_chosen_name_is_matched_as_it_is_written_first() -> None:
    """Two headers that differ in case only can both be named."""
    header = ["Customer ID", "First Name", "Last Name", "MAIL", "mail"]
    assert find_columns(header, "orders.csv", {"mail": Field.EMAIL})[Field.EMAIL].position == 4
    assert find_columns(header[:4], "orders.csv", {" Mail": Field.EMAIL})[Field.EMAIL].position == 3


@pytest.mark.parametrize(
    ("header", "chosen"),
    [
        pytest.param(["Post", "Post"], {"Post": Field.EMAIL}, id="the same name twice"),
        pytest.param(["Post", "post"], {"POST": Field.EMAIL}, id="two names but for their case"),
        pytest.param(["Post", "Box"], {"Post": Field.EMAIL, "Box": Field.EMAIL}, id="two names chosen"),
    ],
)
def test_two_chosen_columns_for_one_field_are_refused(header: list[str], chosen: dict[str, Field]) -> None:
    """Which of them is meant, nobody can know."""
    with pytest.raises(SourceError) as caught:
        find_columns(["Customer ID", "First Name", "Last Name", *header], "orders.csv", chosen)
    assert caught.value.code == "ambiguous_column"
    assert "(D) and " in caught.value.message


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("E-Post adresse", 'Did you mean "E-Post-Addresse" (--map "E-Post-Addresse=email")?'),
        ("Telex", "Name it as it stands in the header."),
        ("***", "Name it as it stands in the header."),
    ],
)
def test_a_chosen_column_that_is_not_there_is_said(name: str, hint: str) -> None:
    """A mapping to nothing is a mistake, also where the field has a column by name; a near miss is only suggested."""
    header = ["Customer ID", "First Name", "Last Name", "Email", "E-Post-Addresse", "--"]
    with pytest.raises(SourceError) as caught:
        find_columns(header, "orders.csv", {name: Field.EMAIL})
    assert caught.value.code == "unknown_column"
    assert caught.value.message == f'orders.csv has no column "{name}", which is mapped to a field.'
    assert caught.value.hint == hint


def test_a_mapping_on_a_table_without_a_header_shows_nobody() -> None:
    """A first row that is a person is not shown, not even as a suggestion."""
    with pytest.raises(SourceError) as caught:
        find_columns(["Mailer", "ana@example.com"], "orders.csv", {"Mailed": Field.EMAIL})
    assert "holds data" in caught.value.message
    assert "Mailer" not in caught.value.message + caught.value.hint


def test_what_is_chosen_counts_where_the_header_is_looked_for() -> None:
    """A header row is known by its columns, the chosen ones too."""
    header = ["Ref", "First Name", "Last Name", "Email"]
    assert (count_fields(header), lacks_columns(header)) == (3, True)
    chosen = {"Ref": Field.CUSTOMER_ID}
    assert (count_fields(header, chosen), lacks_columns(header, chosen)) == (4, False)


def test_group_and_account_are_found_too_and_may_be_absent() -> None:
    """The fields come in their own order, not in the file's."""
    columns = find_columns(["Linked account", "Email", "Surname", "First", "Customer ID", "Group ID"], "orders.csv")
    assert list(columns) == list(Field)
    assert columns[Field.GROUP_ID].position == 5


@pytest.mark.parametrize("name", ["id", "name", "account", "Full Name", "user", "number", "", "\u540d\u524d"])
def test_names_that_could_mean_something_else_are_not_taken(name: str) -> None:
    """A plain "id" might be of anything."""
    with pytest.raises(SourceError) as caught:
        find_columns([name, "First Name", "Last Name", "Email"], "orders.csv")
    assert caught.value.code == "missing_column"


def test_a_missing_column_is_said_with_what_was_found_and_the_nearest_name() -> None:
    """A near miss is suggested and never taken."""
    with pytest.raises(SourceError) as caught:
        find_columns(["Customer ID", "First Nmae", "Last Name", "", "Phone"], "orders.csv")
    assert caught.value.code == "missing_column"
    assert caught.value.message == (
        "orders.csv has no column for the first name and the e-mail address. "
        'Its header has: "Customer ID", "First Nmae", "Last Name" and "Phone".'
    )
    assert caught.value.hint == (
        'If "First Nmae" is the first name, name it "First Name" (or: --map "First Nmae=first_name"). '
        'If "Phone" is the e-mail address, name it "E-mail" (or: --map "Phone=email").'
    )


def test_a_name_that_is_another_field_is_not_suggested() -> None:
    """`First Name` is near to `Last Name`, but it is taken."""
    with pytest.raises(SourceError) as caught:
        find_columns(["Customer ID", "First Name", "Email"], "orders.csv")
    assert caught.value.hint == 'Name the column with the last name "Last Name".'


_REST = ["First Name", "Last Name", "Email"]


def test_two_columns_for_one_field_are_refused_and_named() -> None:
    """Which of them is meant, nobody can know."""
    with pytest.raises(SourceError) as caught:
        find_columns(["Customer ID", "First Name", "Surname", "E-mail", *["x"] * 22, "Mail"], "orders.csv")
    assert caught.value.code == "ambiguous_column"
    assert caught.value.message == (
        'orders.csv has 2 columns that could be the e-mail address: "E-mail" (D) and "Mail" (AA).'
    )
    assert caught.value.hint == (
        'Rename or remove all of them but one: "E-mail" (D) or "Mail" (AA). Or say which one it is: '
        '--map "E-mail=email" or --map "Mail=email".'
    )
    with pytest.raises(SourceError) as caught:
        find_columns(["Customer ID", "First Name", "Surname", "Email", "E-Mail"], "orders.csv")
    assert caught.value.hint == 'Rename or remove all of them but one: "Email" (D) or "E-Mail" (E).'


@pytest.mark.parametrize(
    ("header", "options"),
    [
        (["Payments Customer ID", *_REST], ['--map "Payments Customer ID=customer_id"']),
        (["Balance", "Payments Customer ID", "Notes", *_REST], ['--map "Payments Customer ID=customer_id"']),
        (["id", *_REST], ['--map "id=customer_id"']),
        (["id", "Notes", *_REST], []),
        (_REST, []),
        (["Customer ID", *_REST[:2], "Work e-mail", "Notes"], ['--map "Work e-mail=email"']),
        (["Customer ID", *_REST[:2], "a$b"], ["--map 'a$b=email'"]),
        (["Customer ID", *_REST[:2], 'The "mail" of `x`'], ["--map 'The \"mail\" of `x`=email'"]),
        (["Customer ID", *_REST[:2], "it's"], ['--map "it\'s=email"']),
        (["Customer ID", *_REST[:2], "Post\nadress\x1b"], ['--map "Post adress=email"']),
        (["Customer ID", *_REST[:2], "*\n*"], []),
        (["Customer ID", *_REST[:2], "***"], ['--map "***=email"']),
        (["Customer ID", *_REST[:2], "x" * 99], [f'--map "{"x" * 99}=email"']),
        (["Customer ID", *_REST[:2], "a=b"], ['--map "a=b=email"']),
        (["Member Customer ID", "Firstname of contact", "Lastname of contact", "Email"],
         ['--map "Member Customer ID=customer_id"', '--map "Firstname of contact=first_name"',
          '--map "Lastname of contact=last_name"']),
    ],
)  # fmt: skip
def test_a_column_that_may_be_the_missing_one_is_offered_ready_to_be_pasted(
    header: list[str], options: list[str]
) -> None:
    """Where its name is near to a known one or has one within it, or where no other is left; as a shell takes it."""
    with pytest.raises(SourceError) as caught:
        find_columns(header, "orders.csv")
    assert caught.value.code == "missing_column"
    assert re.findall(r"--map (?:'.*?'|\".*?\")", caught.value.hint) == options
    chosen = dict(parse_mapping(shlex.split(option)[1]) for option in options)
    if options:
        assert set(find_columns(header, "orders.csv", chosen)) >= set(REQUIRED_FIELDS)


def test_a_message_shows_very_many_and_very_long_names_shortened() -> None:
    """A header of a thousand columns does not fill the screen, and a control character does not get there."""
    with pytest.raises(SourceError) as caught:
        find_columns(["Email", "x" * 99 + "\n", "a\x1b[31m", *(f"n{number}" for number in range(40))], "orders.csv")
    assert f'"{"x" * 57}..."' in caught.value.message
    assert '"a?[31m"' in caught.value.message
    assert caught.value.message.endswith("and 13 more.")


def test_a_header_without_names_is_said_to_have_nothing() -> None:
    """There is nothing to list."""
    with pytest.raises(SourceError) as caught:
        find_columns([" "], "orders.csv")
    assert caught.value.message.endswith("No name in its header is anything like a known one.")


def test_data_in_the_place_of_a_header_is_not_shown() -> None:
    """A first row without an address and a UUID cannot be told from a header, but none of it is like a known name."""
    with pytest.raises(SourceError) as caught:
        find_columns(["c-17", "Anabel", "Torres", "ana at mail"], "orders.csv")
    said = caught.value.message + caught.value.hint
    assert not [word for word in ("c-17", "Anabel", "Torres", "ana at") if word in said]
    assert 'Name the column with the customer id "Customer ID".' in said


@pytest.mark.parametrize("cell", ["ana@example.com", "7B0C2F6E-52A8-4F0E-9D57-0F1F6A3C9E11"])
def test_a_table_without_a_header_is_refused_without_showing_anybody(tmp_path: Path, cell: str) -> None:
    """The first row of such a file is a person, whose name belongs in no log."""
    path = tmp_path / "a.csv"
    path.write_text(f"Anabel,Torres,{cell}\n", "utf-8")
    with pytest.raises(SourceError) as caught:
        open_table(path)
    said = caught.value.message + caught.value.hint
    assert caught.value.code == "missing_column"
    assert "holds data" in said
    assert not [word for word in ("Anabel", "Torres", cell) if word in said]


def test_middle_names_and_suffixes_that_are_left_out_are_said(tmp_path: Path) -> None:
    """As an address book has them; a title is no part of a name."""
    header = "Customer ID,Title,First Name,Middle Name,Last Name,Suffix,E-mail Address"
    path = write_csv(tmp_path / "a.csv", f"{header}\nc-17,Ms,Ana,K.,Torres,Jr.,ana@example.com\n")
    [note] = open_table(path).detected.notes
    assert '"Middle Name" and "Suffix" are not sent: the names are what stands under "First Name" and "Last' in note
    assert note.endswith("What belongs to one of them has to be in its column.")


@pytest.mark.parametrize("name", ["Segundo apellido", "TUSSENVOEGSEL", "Surname prefix"])
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_part_of_the_last_name_that_is_left_out_is_said(tmp_path: Path, form: str, name: str) -> None:
    """Half a surname is sent only with a word about it, before anything is sent."""
    header = ["Customer ID", "First Name", name, "Surname", "E-mail"]
    row = ["c-17", "Ana", "de la", "Torres", "ana@example.com"]
    if form == "csv":
        path = write_csv(tmp_path / "a.csv", "\n".join(",".join(line) for line in (header, row)))
    else:
        path = write_xlsx(tmp_path / "a.xlsx", {"Data": [header, row]})
    [note] = open_table(path).detected.notes
    assert f'"{name}" is not sent' in note
    assert '"Surname" alone' in note


def test_a_part_of_the_last_name_that_somebody_has_chosen_is_not_left_out(tmp_path: Path) -> None:
    """Who names the column of the last name knows."""
    path = write_csv(
        tmp_path / "a.csv", "Customer ID,First Name,Apellido materno,E-mail\nc-17,Ana,Torres,a@example.com"
    )
    assert open_table(path, Reading(columns={"Apellido materno": Field.LAST_NAME})).detected.notes == ()


def test_plain_names_are_compared_as_all_others_are() -> None:
    """What is ASCII takes a shorter way to the same name."""
    for letter in map(chr, range(128)):
        folded = unicodedata.normalize("NFKD", f"a{letter}B1").casefold()
        assert normal_name(f"a{letter}B1") == "".join(sign for sign in folded if sign.isalnum())
