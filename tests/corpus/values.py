"""Text that is strange: in names, ids and addresses, the same in every format that can hold it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from tests.corpus.people import ANA, BEN, CLEO, DAN, HEADER, person, refused, sent, uid, warned
from tests.corpus.scenes import Scene, Sheet, one_sheet
from tests.corpus.truth import Row

_WRITERS: Final = ("csv", "xls")
_OPEN: Final = ("csv", "ods")
_NOBODY: Final = "00000000-0000-0000-0000-000000000000"
_TWO: Final = ("csv", "openpyxl")


def scenes() -> Iterator[Scene]:
    """Yield all of them."""
    yield from _white_space()
    yield from _unseen()
    yield from _addresses()
    yield from _ids()
    yield from _names()
    yield from _nothings()
    yield from _leavings()
    yield from _strange()


def _names_scene(
    name: str, made: str, names: Sequence[tuple[str, Row | str]], writers: Sequence[str] = _WRITERS
) -> Scene:
    """Return a scene of first names: what is in the cell, and what is sent of it, or the whole row."""
    people = [person(101 + at, given, "Reyes") for at, (given, _) in enumerate(names)]
    rows = [
        Row(number, (one[0], told, *one[2:])) if isinstance(told, str) else told
        for number, (one, (_, told)) in enumerate(zip(people, names, strict=True), start=2)
    ]
    return Scene(name=name, made=made, sheets=one_sheet(*people), rows=rows, writers=writers)


def _mail_scene(name: str, made: str, mails: Sequence[tuple[str, str]], writers: Sequence[str] = _WRITERS) -> Scene:
    """Return a scene of addresses: what is in the cell, and what is sent of it; "" where it cannot be."""
    people = [(uid(101 + at), "Ana", "Reyes", given) for at, (given, _) in enumerate(mails)]
    rows = [
        Row(number, (*one[:3], told)) if told else refused(number, "invalid_email" if one[3].strip() else "blank_email")
        for number, (one, (_, told)) in enumerate(zip(people, mails, strict=True), start=2)
    ]
    return Scene(name=name, made=made, sheets=one_sheet(*people), rows=rows, writers=writers)


def _white_space() -> Iterator[Scene]:
    yield _names_scene(
        "white-space", "White space of many kinds around and inside names",
        [
            ("  Ana", "Ana"), ("Ana  ", "Ana"), ("Ana   Maria", "Ana Maria"), ("\u00a0Ana\u00a0", "Ana"),
            ("Ana\u00a0Maria", "Ana Maria"), ("Ana\u2009Maria", "Ana Maria"), ("Ana\u3000Maria", "Ana Maria"),
            ("\u202fAna", "Ana"), ("Ana\nMaria", "Ana Maria"), ("Ana\n\nMaria\n", "Ana Maria"),
        ],
    )  # fmt: skip
    yield _names_scene(
        "tabs", "Tabs around and inside names", [("\tAna", "Ana"), ("Ana\tMaria", "Ana Maria")], ("csv", "xlsxwriter"),
    )  # fmt: skip
    yield _names_scene(
        "nothing-but-white-space", "Names of nothing but white space, or of what cannot be seen",
        [
            (given, refused(at, "blank_first_name"))
            for at, given in enumerate((" ", "\u00a0", "\u200b", " \u2060 ", ""), start=2)
        ],
    )  # fmt: skip


def _unseen() -> Iterator[Scene]:
    yield _names_scene(
        "zero-width", "Zero-width characters, soft hyphens and BOMs in names, which go",
        [
            ("A\u200bna", "Ana"), ("\ufeffAna", "Ana"), ("An\u00ada", "Ana"), ("Ana\u2060", "Ana"),
            ("A\u200dna", "Ana"), ("\u200cAna", "Ana"),
        ],
    )  # fmt: skip
    yield _names_scene(
        "direction", "Marks of the writing direction go, and overrides of it cannot be sent",
        [
            ("\u200eAna\u200f", "Ana"), ("\u202aAna\u202c", "Ana"), ("\u2068Ana\u2069", "Ana"),
            ("\u202eanA\u202c", refused(5, "invisible_character_in_first_name")),
            ("\u202dAna", refused(6, "invisible_character_in_first_name")),
        ],
        _OPEN,
    )  # fmt: skip
    yield _names_scene(
        "joiners", "Joiners where they belong, in Persian and Hindi; and one that makes one picture of two",
        [
            ("مهر\u200cناز", "مهر\u200cناز"), ("क\u094d\u200dष", "क\u094d\u200dष"),
            ("\U0001f469\u200d\U0001f467", refused(4, "invisible_character_in_first_name")),
        ],
        _OPEN,
    )  # fmt: skip
    yield _names_scene(
        "fillers", "Letters that are drawn as nothing",
        [
            ("Ana\u3164", refused(2, "invisible_character_in_first_name")),
            ("\u2800Ana", refused(3, "invisible_character_in_first_name")), ("Ben", "Ben"),
        ],
    )  # fmt: skip
    control = "control_character_in_first_name"
    yield _names_scene(
        "controls", "Control characters, and a separator of paragraphs",
        [
            ("A\x07na", refused(2, control)), ("Ana\x1b[0m", refused(3, control)), ("A\x7fna", refused(4, control)),
            ("Ben", "Ben"),
        ],
        ("csv", "xlsxwriter", "xlsb"),
    )  # fmt: skip
    yield _names_scene(
        "decomposed", "Letters and their accents apart, which are put together",
        [("Jose\u0301", "José"), ("Zoe\u0308", "Zoë"), ("A\u030angstro\u0308m", "Ångström"), ("\u212bke", "Åke")],
        _OPEN,
    )  # fmt: skip
    yield _names_scene(
        "ideographs", "Ideographs of names that look different from those by which NFC replaces them",
        [(given, given) for given in ("\ufa19\u4e00", "\ufa10", "\ufa46", "\ufa1b\u7530", "\U0002f804", "\u795e")],
        ("csv", "openpyxl", "xlsb", "xml"),
    )  # fmt: skip


def _addresses() -> Iterator[Scene]:
    ana = "ana@example.com"
    yield _mail_scene(
        "wrapped-addresses", "Links, names with angle brackets, quotes and white space around addresses",
        [
            ("mailto:ana@example.com", ana), ("MAILTO:ana@example.com?subject=Hi", ana),
            ("Ana Reyes <ana@example.com>", ana),
            ('"Reyes, Ana" <ana@example.com>', ana), ("<ana@example.com>", ana), ("'ana@example.com'", ana),
            ('"ana@example.com"', ana), ("\u201cana@example.com\u201d", ana), ("\u00abana@example.com\u00bb", ana),
            (" ana@example.com\u00a0", ana), ("ana@\u200bexample.com", ana), ("ana@example.com\n", ana),
            ("<mailto:ana@example.com>", ana), ("Ana <'ana@example.com'>", ana), ("ana\uff20example.com", ana),
            ("o\u2019neil@example.com", "o'neil@example.com"),
        ],
    )  # fmt: skip
    yield _mail_scene(
        "several-addresses", "More than one address, or none that is certain",
        [
            ("ana@example.com; ben@example.com", ""), ("ana@example.com,ben@example.com", ""),
            ("ana@example.com ben@example.com", ""), ("Ana <ana@example.com>, Ben <ben@example.com>", ""),
            ("ben@example.com <ana@example.com>", ""), ("mailto:ana@example.com,ben@example.com", ""),
            ("mailto:ana%40example.com", ""), ("ana@example.com (home)", ""), ("", ""), ("n/a", ""),
        ],
        _TWO,
    )  # fmt: skip
    yield _mail_scene(
        "valid-addresses", "Addresses that are unusual, and valid",
        [
            (given, given)
            for given in (
                "a@example.com", "ana.maria-reyes_1+news@mail.example.com", "!#$%&'*+-/=?^_`{|}~@example.com",
                "1234567890@example.com", "ANA@EXAMPLE.COM", "ana@xn--bcher-kva.example.com", "ana@a-b-c.example.com",
                f"{'a' * 64}@example.com", f"ana@{'b' * 63}.com", "ana@example.museum", "ana@1and1.example.com",
            )
        ],
        _TWO,
    )  # fmt: skip
    yield _mail_scene(
        "invalid-addresses", "Addresses that cannot be sent",
        [
            (given, "")
            for given in (
                "ana", "ana@", "@example.com", "ana@example", "ana@@example.com", "ana.@example.com",
                ".ana@example.com",
                "ana..maria@example.com", "ana@example..com", "ana@-example.com", "ana@example-.com",
                "ana@.example.com",
                "ana@example.com.", "ana maria@example.com", "ana@exam ple.com",
                "ana@example,com", '"ana maria"@example.com',
                "ana@[192.0.2.1]", "ana@192.0.2.1", "(home)ana@example.com", f"{'a' * 65}@example.com",
                f"ana@{'b' * 64}.com", f"{'a' * 64}@{'.'.join(['b' * 62] * 4)}.com", "ana@shop.test",
                "ana@shop.invalid",
                "ana@printer.local", "ana@localhost", "josé@example.com", "ana@bücher.example.com", "ana@example.c_m",
                "ana\\@example.com", "ana@exa\u202emple.com", "аna@example.com", "ana＠＠example.com",
            )
        ],
        _TWO,
    )  # fmt: skip


def _ids() -> Iterator[Scene]:
    one, upper = "abcdef01-2345-4678-9abc-def012345678", "ABCDEF01-2345-4678-9ABC-DEF012345678"
    good = (
        one, upper, f"{{{one}}}", f"urn:uuid:{one}", f"'{one}'", f'"{one}"', f" {one}\u00a0", one.replace("-",
        "\u2010"),
        one.replace("-", "\u2013"), f"{{{upper}}}", f"\u200b{one}",
    )  # fmt: skip
    bad = (
        one.replace("-", ""), one[:-1], f"{one}0", one.replace("a", "g"), "12345", one.replace("-", "_"),
        f"{one} {one}", "n/a", "../customers", one.replace("0", "O"), one.replace("-", " "),
    )  # fmt: skip
    rows = [Row(number, (one, *ANA[1:])) for number, _ in enumerate(good, start=2)]
    yield Scene(
        name="ids-around", made="Ids in capitals, braces, quotes, and with dashes of word processors",
        sheets=one_sheet(*((given, *ANA[1:]) for given in good)), rows=rows, writers=_WRITERS,
    )  # fmt: skip
    yield Scene(
        name="ids-wrong", made="Ids that are none, and of which nothing is guessed",
        sheets=one_sheet(*((given, *ANA[1:]) for given in bad), ("", *ANA[1:])),
        rows=[
            *(
                refused(number, "nothing_as_customer_id" if given == "n/a" else "invalid_customer_id")
                for number, given in enumerate(bad, start=2)
            ),
            refused(len(bad) + 2, "blank_customer_id"),
        ],
        writers=_TWO,
    )  # fmt: skip


def _names() -> Iterator[Scene]:
    plain = (
        "Null", "NULL", "NA", "N/A", "None", "nan", "TRUE", "false", "-", ".", "O'Neil", "d'Arc", "Jean-Luc", "X Æ",
        "Ng", "Wolfe+585", "undefined", "\\N", "inf", "<b>Ana</b>", "{{7*7}}", "'; DROP TABLE customers; --", "${x}",
        "%s", "José 🎉", "محمد", "שרה", "太郎", "नेहा", "ไทย", "한글", "Ƀ", "ﬁona", "ⅣⅣ",
        "ẞ", "İ", "ǅ", "A" + "\u0301" * 3 + "na",
    )  # fmt: skip
    sent_as = {"A" + "\u0301" * 3 + "na": "Á\u0301\u0301na"}
    none = {"undefined", "\\N", "{{7*7}}", "${x}", "%s"}
    people = [person(201 + at, given, "Reyes") for at, given in enumerate(plain)]
    yield Scene(
        name="names-of-all-kinds", made="Names that programs stumble over", sheets=one_sheet(*people),
        rows=[
            refused(number, "nothing_as_first_name")
            if one[1] in none
            else Row(number, (one[0], sent_as.get(one[1], one[1]), *one[2:]), warnings=_warnings(one[1]))
            for number, one in enumerate(people, start=2)
        ],
        writers=("csv", "openpyxl", "xlsxwriter", "xlsb", "xls", "fods"),
    )  # fmt: skip
    longest, longer = "a" * 255, "b" * 256
    wide = "\U0001f600" * 255
    emoji = warned(4, person(103, wide, "Reyes"), "name_without_letters")
    yield _names_scene(
        "long-names", "Names of 255 characters, and of one more",
        [(longest, longest), (longer, refused(3, "first_name_too_long")), (wide, emoji), (f" {longest} ", longest)],
    )  # fmt: skip
    yield Scene(
        name="long-note", made="A note of 32,000 characters in a column that is not sent",
        sheets=one_sheet([*ANA, "lorem ipsum " * 2_666], [*BEN, "short"]), rows=sent([ANA, BEN]),
        writers=("openpyxl", "ods"),
    )  # fmt: skip


def _warnings(name: str) -> Sequence[str]:
    """Return what is said of a first name that is sent."""
    if name in {"NULL", "NA", "N/A", "nan", "TRUE", "false"}:
        return ["word_for_nothing"]
    told = {"-": "name_without_letters", ".": "name_without_letters", "<b>Ana</b>": "markup_in_name"}
    return [code for code in (told.get(name), "name_with_digits" if name == "Wolfe+585" else None) if code]


def _nothings() -> Iterator[Scene]:
    words = ("NULL", "nan", "None", "undefined", "(null)", "\\N", "TRUE", "-", _NOBODY, "{{group}}")
    numbers = ("4.00123E+15", "4,00123E+15", "1.2E+05", "100234.0")
    kept = ("000471", "4001230000012345", "acct-77")
    cells = (*words, *numbers, *kept)
    people = [person(401 + at, "Ana", "Reyes") for at, _ in enumerate(cells)]
    lines = [
        (*HEADER, "Group ID", "Linked Account ID"),
        *((*one, *[cell] * 2) for one, cell in zip(people, cells, strict=True)),
    ]
    kinds = [*["nothing"] * len(words), *["number"] * len(numbers)]
    yield Scene(
        name="targets-that-are-none", made="Words for nothing and numbers where groups and accounts should be",
        sheets=[Sheet(lines=lines)],
        rows=[
            *(refused(at, f"{kind}_as_group_id", f"{kind}_as_linked_account_id") for at, kind in enumerate(kinds, 2)),
            *sent(people[len(kinds) :], len(kinds) + 2),
        ],
        writers=("csv", "openpyxl", "xlsb"),
    )  # fmt: skip
    example = "123e4567-e89b-12d3-a456-426614174000"
    ids = ("NULL", _NOBODY, "1.23457E+15", example)
    yield Scene(
        name="ids-that-are-none", made="The row of a template, and ids that are nobody's",
        sheets=one_sheet(*((given, *ANA[1:]) for given in ids), BEN),
        rows=[
            refused(2, "nothing_as_customer_id"), refused(3, "nothing_as_customer_id"),
            refused(4, "number_as_customer_id"), warned(5, (example, *ANA[1:]), "example_id"), *sent([BEN], 6),
        ],
        writers=("csv", "xlsxwriter"),
    )  # fmt: skip
    accounts = [f"40012300000{number}" for number in (12345, *range(20011, 20021))]
    named = [person(441 + at, "Ana", "Reyes") for at, _ in enumerate(accounts)]
    targets = [[uid(77), account] for account in accounts]
    targets[0][1], targets[5][0], targets[9][1] = targets[0][1][:-1], "12345", "40012300000I0018"
    strange = {0: "odd_linked_account_id", 5: "odd_group_id", 9: "odd_linked_account_id"}
    yield Scene(
        name="odd-ids", made="A group and accounts that are not written as all others of the file are",
        sheets=[
            Sheet(lines=[(*HEADER, "Group ID", "Linked Account ID"),
                         *((*one, *target) for one, target in zip(named, targets, strict=True))])
        ],
        rows=[warned(at + 2, one, *([strange[at]] if at in strange else [])) for at, one in enumerate(named)],
        writers=("csv", "openpyxl", "xlsb", "xml"),
    )  # fmt: skip
    halves: Sequence[tuple[str, str, Sequence[str]]] = (
        ("Hugo", "Null", ()), ("null", "Quintela", ["word_for_nothing"]), ("NULL", "NULL", ["word_for_nothing"]),
        ("Na", "Kim", ()), ("Ilse undefined", "Ek", ["word_for_nothing"]),
    )  # fmt: skip
    called = [person(431 + at, first, last) for at, (first, last, _) in enumerate(halves)]
    yield Scene(
        name="names-like-words-for-nothing", made="People who are called Null, and cells that only say so",
        sheets=one_sheet(*called),
        rows=[warned(at, one, *half[2]) for at, (one, half) in enumerate(zip(called, halves, strict=True), start=2)],
        writers=("csv", "xlsxwriter", "xlsb"),
    )  # fmt: skip


def _leavings() -> Iterator[Scene]:
    left = (
        ("M?ller", "lost_letters"), ("???????", "lost_letters"), ("Ren&eacute;e", "markup_in_name"),
        ("O&#039;Brandvik", "markup_in_name"), ("<b>Ana</b>", "markup_in_name"), ("Ren\\u00e9", "codes_in_name"),
        ("Jos%C3%A9", "codes_in_name"), ("O\\'Hara", "codes_in_name"), ('=T("Ilse")', "formula_in_name"),
        ("An\u0430", "mixed_alphabets"), ("12345", "name_without_letters"),
    )  # fmt: skip
    people = [person(451 + at, given, "Reyes") for at, (given, _) in enumerate(left)]
    yield Scene(
        name="leavings", made="What programs leave behind in names", sheets=one_sheet(*people, BEN),
        rows=[
            *(warned(at, one, code) for at, (one, (_, code)) in enumerate(zip(people, left, strict=True), start=2)),
            *sent([BEN], len(left) + 2),
        ],
        writers=("csv", "openpyxl", "xlsb", "xml"),
    )  # fmt: skip
    dressed = (
        (f'="{ANA[0]}"', *(f'="{text}"' for text in ANA[1:]), '="g-1"', '="000473"'),
        (f"'{BEN[0]}", *BEN[1:3], f'="{BEN[3]}"', "g-1", "'000471"),
        (CLEO[0], "=" + '"Cleo ""Bo"""', "'t Hart", CLEO[3], "", ""),
        (f'= "{DAN[0]}"', *(f'= "{text}"' for text in DAN[1:]), '= "g-1"', '= "000472"'),
    )
    yield Scene(
        name="text-dress", made="Text in the dress that keeps spreadsheet programs from changing it",
        sheets=[Sheet(lines=[(*HEADER, "Group ID", "Linked Account ID"), *dressed])],
        rows=sent([ANA, BEN, (CLEO[0], 'Cleo "Bo"', "'t Hart", CLEO[3]), DAN]),
        writers=("csv", "openpyxl", "xlsb", "xml"),
    )  # fmt: skip


def _strange() -> Iterator[Scene]:
    rows: Sequence[tuple[tuple[str, str, str, str], str]] = (
        (person(301, "JOHANNA", "Ek"), "name_in_capitals"),
        (person(302, "Anna", "MÜLLER"), "name_in_capitals"),
        (person(303, "Ana2", "Reyes"), "name_with_digits"),
        (person(304, "ana@example.com", "Reyes"), "value_of_other_column"),
        (person(305, uid(9), "Reyes"), "value_of_other_column"),
        (person(306, "Ana", "Reyes", "ana@gmial.com"), "domain_slip"),
        (person(307, "Ana", "Reyes", "ana@hotmail.con"), "domain_slip"),
        (person(308, "FranÃ§ois", "Reyes"), "mangled_text"),
        (person(309, "Ana", "Reyes", "test@test.com"), "placeholder_address"),
        (person(310, "Ana", "Reyes", "'ana@example.com"), "guarded_address"),
    )
    yield Scene(
        name="warnings",
        made="Rows that are sent, with a warning each", sheets=one_sheet(*(one for one, _ in rows), CLEO),
        rows=[
            *(warned(number, one, code) for number, (one, code) in enumerate(rows, start=2)),
            *sent([CLEO], len(rows) + 2),
        ],
        writers=("csv", "xlsxwriter"),
    )  # fmt: skip
    halves = (
        ("Ana", "Reyes"),
        ("Ben", "Okafor"),
        ("Cleo", "Lindqvist"),
        ("Dora", "Ferrari"),
        ("Emil", "Novak"),
        ("Fay", "Moss"),
    )
    swapped = [
        person(311 + at, last, first, f"{first}.{last}@example.com".lower()) for at, (first, last) in enumerate(halves)
    ]
    yield Scene(
        name="names-swapped", made="First and last names in each other's columns, as the addresses tell",
        sheets=one_sheet(*swapped),
        rows=[warned(number, one, "names_swapped") for number, one in enumerate(swapped, start=2)],
        writers=_TWO,
    )  # fmt: skip
    alike = [
        person(321 + at, first, last, f"{first}.{last}@example.com".lower()) for at, (first, last) in enumerate(halves)
    ]
    yield Scene(
        name="names-not-swapped", made="Addresses that agree with the names", sheets=one_sheet(*alike),
        rows=sent(alike),
        writers=_TWO,
    )  # fmt: skip
