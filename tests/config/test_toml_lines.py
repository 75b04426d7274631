"""Lines of a settings file: whatever stands there, and however it is written."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.config.toml_lines import Keys, lines_of

BARE = st.text("abcXYZ019_-", min_size=1, max_size=3)
QUOTED = st.sampled_from(['"a b"', '"a.b"', "'x\"y'", '"\\u00f1"', '"="', "'#'", '"]"', '""'])
VALUES = st.sampled_from(
    [
        *("1", "true", '"x"', "'x'", '""', "''", "1979-05-27", "-0.5e3", '"a # b"', '"]["', "'\\'", '"\\""'),
        *(
            '"""a\nb"""',
            "'''\n\n'''",
            '"""a""""',
            '"""a"""""',
            "''''a'''",
            '"""\\"""\n[x]"""',
            '"""\n# [y]\nz = 1\n"""',
        ),
        *(
            "[1, 2]",
            "[\n1,\n# ] [\n2\n]",
            '[["a\\"]"], [\'[\']]',
            '[ """\n]""", 3 ]',
            "[]",
            "{}",
            '{ a = 1, "b]" = [1] }',
        ),
        *('"\u2028\u0085\u000b"'.replace("\u000b", ""), '"""\u2028\n\u0085"""'),
    ]
)
BETWEEN = st.sampled_from(["", "\n", "  \n\t\n", "# [none]\n", "# x = '''\n\n", "#\u2028y\n"])


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, Mapping[Keys, int]]:
    """Draw a document, and where each of its statements begins."""
    text, known = "", dict[Keys, int]()
    table: Keys = ()
    for number in range(draw(st.integers(0, 12))):
        text += draw(BETWEEN)
        names = [draw(BARE | QUOTED) for _ in range(draw(st.integers(0, 2)))] + [f"own{number}"]
        dots = draw(st.sampled_from([".", " . ", "\t."]))
        plain = tuple(str(next(iter(tomllib.loads(f"{name} = 1")))) for name in names)
        line = text.count("\n") + 1
        blank = draw(st.sampled_from(["", "  ", "\t"]))
        if draw(st.integers(0, 3)) == 0:
            opening, closing = draw(st.sampled_from([("[", "]"), ("[ ", " ]"), ("[[", "]]")]))
            text += f"{blank}{opening}{dots.join(names)}{closing}"
            table = plain
            known.setdefault(plain, line)
        else:
            text += f"{blank}{dots.join(names)} = {draw(VALUES)}"
            known.setdefault((*table, *plain), line)
        text += draw(st.sampled_from(["\n", " # end\n", "  \n"]))
    return text, known


@given(documents())
def test_every_statement_is_found_on_its_line(document: tuple[str, Mapping[Keys, int]]) -> None:
    """Whatever is around it: comments, texts and lists of several lines, names in quotation marks, and with dots."""
    text, known = document
    found = lines_of(text)
    assert {keys: found.get(keys) for keys in known} == known
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError:  # some names were drawn twice
        return
    assert set(_statements(values)) <= found.keys()


def _statements(table: Mapping[str, Any], above: Keys = ()) -> Iterator[Keys]:
    """Yield what is a statement for certain: the others may stand inside of one."""
    for name, value in table.items():
        if name.startswith("own"):
            yield (*above, name)
        elif isinstance(value, dict):
            yield from _statements(value, (*above, name))


@given(st.text("a=.[]{}\"'#\\\n \t,", max_size=40))
def test_what_is_no_document_ends_somewhere(text: str) -> None:
    """Whatever a text is, its lines are told, or left out."""
    lines = text.count("\n") + 1
    assert all(1 <= line <= lines for line in lines_of(text).values())


@pytest.mark.parametrize(
    ("unit", "names"),
    [
        ("[\n", ()),
        ("a = [\n", ("a",)),
        ('"', ("",)),
        ("'''\n", ("",)),
        ("a = 1\n", ("a",)),
        ("# x\n", ()),
        ("a.", ("a",) * 8),
        ("[a]\n", ("a",)),
        ('"""\\"\n', ("",)),
    ],
)
def test_long_documents_are_looked_through_once(unit: str, names: Keys) -> None:
    """Of what is as large as a settings file may be, and made to take long, the names are told as of a short one.

    A look at every line for each of them would take minutes here.
    """
    known = lines_of(unit * (262_144 // len(unit)))
    assert known == {names[:length]: 1 for length in range(1, len(names) + 1)}
    assert lines_of('a = """' + unit * (200_000 // len(unit))) == {("a",): 1}
