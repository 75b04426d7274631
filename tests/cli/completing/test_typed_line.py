"""A line that is being typed: its words are those that a shell would hand over, and the last one is not yet whole."""

from __future__ import annotations

import shlex
import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importer.cli.completing.typed_line import typed_words

BASH = shutil.which("bash") or "bash"
WORDS = st.lists(st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1), min_size=1, max_size=5)


@given(WORDS)
def test_words_are_those_of_a_shell(words: list[str]) -> None:
    """However a shell wants them quoted, each word arrives as it is meant."""
    line = shlex.join(["importer", *words])
    assert [word.value for word in typed_words(line)] == words
    assert [word.value for word in typed_words(f"{line} ")] == [*words, ""]


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("importer", [""]),
        ("importer ", [""]),
        ("importer ru", ["ru"]),
        ("A=1 B='x y' importer run ", ["run", ""]),
        ("importer A=1 x", ["A=1", "x"]),
        ('importer run "my ch', ["run", "my ch"]),
        ("importer run 'my ch", ["run", "my ch"]),
        ("importer run my\\ ch", ["run", "my ch"]),
        ('importer "a\\"b\\c"', ['a"b\\c']),
        ("importer ''", [""]),
        ("importer run ñ\\", ["run", "ñ"]),
    ],
)
def test_a_line_may_end_anywhere(line: str, values: list[str]) -> None:
    """Within quotation marks, behind a backslash, before a word or in it; variables before the command are no words."""
    assert [word.value for word in typed_words(line)] == values


@pytest.mark.parametrize(
    ("typed", "candidate", "inserted"),
    [
        ("ru", "run", "run"),
        ("nor", "north west", "north\\ west"),
        ("'nor", "north west", "north west"),
        ("'it", "it's", "it'\\''s"),
        ('"nor', "north $west", "north \\$west"),
        ("--format=x", "--format=xlsx", "xlsx"),
        ("--map=Mail=em", "--map=Mail=email", "email"),
        ('--map="Mail=em', "--map=Mail=email", "Mail=email"),
        ('"Mail"=em', "Mail=email", "email"),
        ("Mail\\=em", "Mail=email", "Mail=email"),
        ("a", "a;rm -rf $(x)`y`|&<>", "a\\;rm\\ -rf\\ \\$\\(x\\)\\`y\\`\\|\\&\\<\\>"),
    ],
)
def test_bash_is_given_the_rest_of_a_word(typed: str, candidate: str, inserted: str) -> None:
    """Bash replaces what stands behind the last = or opening mark, and takes what it is given as if it were typed."""
    assert typed_words(f"importer {typed}")[-1].for_bash(candidate) == inserted


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Co", "Cn"]), min_size=1).filter(str.strip))
def test_what_bash_is_given_means_the_candidate(candidate: str) -> None:
    """No sign of a candidate has a meaning for the shell, in quotation marks or without."""
    for before, after in (("", ""), ("'", "'"), ('"', '"')):
        text = before + typed_words(f"importer {before}")[-1].for_bash(candidate) + after
        assert [word.value for word in typed_words(f"importer {text}")] == [candidate]


def test_what_bash_is_given_does_nothing() -> None:
    """The same in a real one, for the signs that it knows and others do not."""
    candidate = "!! {a,b} ~ * ? [x] # %1 \\ \" ' $HOME `id` $(id)"
    for before, after in (("", ""), ("'", "'"), ('"', '"')):
        text = before + typed_words(f"importer {before}")[-1].for_bash(candidate) + after
        found = subprocess.run([BASH, "-c", f"printf %s {text}"], capture_output=True, text=True, check=True)
        assert found.stdout == candidate
