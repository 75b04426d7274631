"""Which addresses are accepted, and what is said about the others."""

from __future__ import annotations

import socket
import subprocess
import sys

import email_validator
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from importer.checks.address_faults import all_faults, fault
from importer.checks.addresses import INTERNATIONAL_OPTIONS, OPTIONS, are_plain, ascii_domain, is_accepted

ACCEPTED = [
    "maria.castellanos@example.com",
    "p@mail.example.org",
    "p@example.net",
    "Maria.O'Brien+news@Example.COM",
    "INFO@example.com",
    "a_b-c@sub-domain.example.co",
    "{x}!#$%&*/=?^`|~@example.com",
    "x" * 64 + "@example.com",
    "p@xn--bcher-kva.example.com",
]

REFUSED = [
    ("maria.example.com", "has no @ sign"),
    ("n/a", "has no @ sign"),
    ("maria\uff20example.com", "has a character that only looks like an @ sign"),
    ("maria@@example.com", "has more than one @ sign"),
    ("maria@ruiz@example.com", "has more than one @ sign"),
    ("maria@example.com; m.ruiz@example.com", "seems to hold more than one address"),
    ("maria@example.com,m.ruiz@example.com", "seems to hold more than one address"),
    ("maria ruiz@example.com", "has a space or a line break inside the address"),
    ("maria@exam\u00a0ple.com", "has a space or a line break inside the address"),
    ("maria@example,com", "has a comma in it"),
    ("maria@example", "has no dot after the @ sign"),
    ("maria@example..com", "has two dots in a row"),
    ("maria..ruiz@example.com", "has two dots in a row"),
    ("maria@example.com.", "ends with a dot"),
    ("maria@.example.com", "has a dot right after the @ sign"),
    (".maria@example.com", "begins with a dot"),
    ("maria.@example.com", "has a dot right before the @ sign"),
    ("maría@example.com", "has an accented letter or another character that addresses cannot have here"),
    ("maria@exämple.com", "has an accented letter or another character that addresses cannot have here"),
    ("maria\u2019@example.com", "has a curly quotation mark or apostrophe in it"),
    ("maria\u200b@example.com", "has a character in it that cannot be seen"),
    ("maria\x00@example.com", "has a character in it that cannot be seen"),
    ("maria\ufffd@example.com", "has a character in it that was lost on the way"),
    ("maria\ud800@example.com", "has a character in it that was lost on the way"),
    ("x" * 65 + "@example.com", "has more than 64 characters before the @ sign"),
    ("maria@" + "x." * 130 + "com", "is longer than 254 characters"),
    ("maria@" + "x" * 64 + ".com", "has more than 63 characters without a dot after the @ sign"),
    ("@example.com", "has nothing before the @ sign"),
    ("maria@", "has nothing after the @ sign"),
    ('"maria ruiz"@example.com', "has a space or a line break inside the address"),
    ('"maria"@example.com', "has quotation marks in it"),
    ("maria@[192.0.2.1]", "has a number in square brackets where the domain should be"),
    ("maria@192.0.2.1", "has a domain that does not end with a letter"),
    ("maria(home)@example.com", "has a remark in brackets in it"),
    ("Maria Ruiz <maria@example.com>", "holds an address in angle brackets"),
    ("<maria@example.com>", "holds an address in angle brackets"),
    ("mailto:maria@example.com", "holds a mailto: link"),
    ("MAILTO:maria@example.com", "holds a mailto: link"),
    ("maria[1]@example.com", "has a character before the @ sign that an address cannot have there"),
    ("maria@exam_ple.com", "has a character after the @ sign that a domain cannot have"),
    ("'maria@example.com'", "has a character after the @ sign that a domain cannot have"),
    ("maria@-example.com", "has a hyphen where the domain, or a part of it, begins or ends"),
    ("maria@example-.com", "has a hyphen where the domain, or a part of it, begins or ends"),
    ("maria@ab--cd.com", "has two hyphens in a row where a domain cannot have them"),
    ("maria@xn--a.com", "is not a valid e-mail address"),
    *(
        (f"maria@{domain}", "has a domain that no mail can reach: its ending is reserved for other uses")
        for domain in ("mail.test", "mail.invalid", "printer.local", "mail.LOCALHOST", "localhost", "x.onion")
    ),
]


@pytest.mark.parametrize("address", ACCEPTED)
def test_plain_addresses_are_accepted(address: str) -> None:
    """What mail servers accept passes, example.com and its like included."""
    assert is_accepted(address)


@pytest.mark.parametrize(("address", "wrong"), REFUSED)
def test_each_kind_of_wrong_address_says_what_is_wrong(address: str, wrong: str) -> None:
    """A person reads what to correct, in words about this address."""
    assert not is_accepted(address)
    assert fault(address)[0] == wrong


def test_the_refused_addresses_show_every_sentence() -> None:
    """No sentence is there that no address can get."""
    assert {wrong for _, wrong in REFUSED} == {wrong for wrong, _ in all_faults()}


def test_trap_19_a_local_part_over_64_characters_is_refused() -> None:
    """email-validator accepts it by default, and the API would not."""
    address = "x" * 65 + "@example.com"

    assert email_validator.validate_email(address, check_deliverability=False).normalized == address
    assert not is_accepted(address)
    assert is_accepted(address[1:])


def test_an_address_over_254_characters_is_refused_whatever_its_parts() -> None:
    """The limit on the whole holds where each part is within its own."""
    domain = ".".join(["x" * 61] * 3) + ".com"
    local = "y" * (254 - len(domain) - 1)

    assert is_accepted(f"{local}@{domain}")
    assert not is_accepted(f"{local}y@{domain}")


@pytest.mark.slow
def test_a_huge_cell_is_refused_at_once() -> None:
    """The work for a cell does not grow faster than the cell."""
    for cell in ("<" * 2_000_000, "@" * 2_000_000, "a." * 1_000_000 + "@", "a@" + "b-" * 1_000_000):
        assert not is_accepted(cell)
        assert fault(cell) in all_faults()


def plainly_accepted(address: str) -> bool:
    """Ask email-validator itself, with nothing before it but the rule on ASCII."""
    try:
        email_validator.validate_email(address, **OPTIONS)
    except ValueError:
        return False
    return address.isascii()


pieces = st.lists(
    st.sampled_from(
        ["a", "B1", ".", "-", "--", "xn--", "@", "_", " ", '"', "example", "com", ".com", "test", "é", "<", ">"]
    ),
    max_size=9,
).map("".join)


@pytest.mark.slow
@settings(max_examples=400)
@given(st.one_of(st.text(max_size=30), st.emails(), pieces, pieces.map(lambda text: f"{text}@{text}.com")))
@example("x@" + "a" * 63 + ".com")
@example("x@XN--bcher-kva.com")
@example("y" * 64 + "@" + ".".join(["x" * 61] * 3) + ".com")
@example("a@example.com\n")
def test_the_answer_is_email_validator_s_for_any_text(address: str) -> None:
    """Asking for each domain once changes no answer, and whatever is refused has a sentence of the fixed set."""
    assert is_accepted(address) == plainly_accepted(address)
    assert is_accepted(address) or fault(address) in all_faults()


@pytest.mark.slow
@given(st.lists(st.one_of(st.emails(), pieces, st.just("a@example.com"), st.just("a@b\nb@c.com")), max_size=4))
@example(["a@example.com\nb@example.com", ""])
@example(["", "a@example.com"])
@example(["x" * 65 + "@example.com"])
def test_a_column_of_plain_addresses_is_known_at_a_glance(addresses: list[str]) -> None:
    """The fast look at a column never accepts what the look at each address refuses."""
    assert not (addresses and are_plain(addresses)) or all(map(is_accepted, addresses))


INTERNATIONAL = [
    "josé@example.com",
    "用户@example.com",
    "Иван.Петров@пример.com",
    "maria@bücher.example.com",
    "maria@BÜCHER.example.com",
    "maria@straße.example.com",
    "maria@例子.example.com",
    "é" * 32 + "@example.com",
    "plain@example.com",
]

NOT_EVEN_INTERNATIONAL = [
    ("é" * 33 + "@example.com", "has more than 64 characters before the @ sign"),
    ("maria@" + "é." * 100 + "com", "is longer than 254 characters"),
    ("josé@example", "has no dot after the @ sign"),
    ("josé@@example.com", "has more than one @ sign"),
    ("jo sé@example.com", "has a space or a line break inside the address"),
    ("jos\u202eé@example.com", "has a character in it that cannot be seen"),
    ("jos\u200cé@example.com", "has a character in it that cannot be seen"),
    ("jos\ud800@example.com", "has a character in it that was lost on the way"),
    ("josé(home)@example.com", "has a remark in brackets in it"),
    ("josé@mail.test", "has a domain that no mail can reach: its ending is reserved for other uses"),
    ("jos[é]@example.com", "has a character before the @ sign that an address cannot have there"),
    ("maria@ex☃mple!.com", "has a character after the @ sign that a domain cannot have"),
    ("\ue000@example.com", "is not a valid e-mail address"),
]


@pytest.mark.parametrize("address", INTERNATIONAL)
def test_letters_of_all_scripts_are_accepted_where_that_is_set(address: str) -> None:
    """RFC 6531 allows them before the @, RFC 5890 after it; without the setting they are refused."""
    assert is_accepted(address, international=True)
    assert is_accepted(address) == address.isascii()


@pytest.mark.parametrize(("address", "wrong"), NOT_EVEN_INTERNATIONAL)
def test_international_addresses_have_rules_too(address: str, wrong: str) -> None:
    """The limits count octets, and what cannot be seen has no place in an address of any script."""
    assert not is_accepted(address, international=True)
    assert fault(address, international=True)[0] == wrong


@pytest.mark.slow
@given(st.text(max_size=12).map(lambda text: f"{text}@{text}é.com") | st.emails())
def test_an_international_answer_is_email_validator_s_within_the_limits(address: str) -> None:
    """Nothing is accepted that the library refuses, and ASCII is judged as without the setting."""
    accepted = is_accepted(address, international=True)
    if address.isascii():
        assert accepted == is_accepted(address)
    elif accepted:
        email_validator.validate_email(address, **INTERNATIONAL_OPTIONS)
        assert len(address.encode()) <= 254


@pytest.mark.parametrize(
    ("domain", "form"),
    [
        ("Example.COM", "Example.COM"),
        ("BÜCHER.example.com", "xn--bcher-kva.example.com"),
        ("例子.example。com", "xn--fsqu00a.example.com"),
        ("büch..com", None),
        ("\ud800.com", None),
        ("", ""),
    ],
)
def test_a_domain_has_one_ascii_form(domain: str, form: str | None) -> None:
    """It is what the domain name system is asked for; what is ASCII already stays as it is written."""
    assert ascii_domain(domain) == form


def test_no_look_up_is_made() -> None:
    """An address is judged by its form alone: no name is resolved, and the library that would is not loaded."""
    program = (
        "import socket, sys\n"
        "def refuse(*_): raise AssertionError('a look-up')\n"
        f"for name in {[name for name in ('getaddrinfo', 'gethostbyname', 'socket') if hasattr(socket, name)]}:\n"
        "    setattr(socket, name, refuse)\n"
        "from importer.checks.addresses import is_accepted\n"
        "assert is_accepted('p@example.com') and not is_accepted('p@mail.invalid')\n"
        "assert not any(name.split('.')[0] == 'dns' for name in sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
