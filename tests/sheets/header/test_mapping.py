"""What a person says of a column: `HEADER=FIELD`."""

from __future__ import annotations

import pytest

from importer.model.source import Field
from importer.sheets.header.mapping import parse_mapping


@pytest.mark.parametrize(
    ("text", "mapping"),
    [
        ("Mail=email", ("Mail", Field.EMAIL)),
        ("a=b = Customer-ID", ("a=b ", Field.CUSTOMER_ID)),
        (" Mail =first name", (" Mail ", Field.FIRST_NAME)),
    ],
)
def test_a_mapping_is_a_header_and_a_field(text: str, mapping: tuple[str, Field]) -> None:
    """The last sign of equality separates, since headers may hold one."""
    assert parse_mapping(text) == mapping


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Mail", 'it must be a header and a field, such as "Mail=email"'),
        (" =email", 'it must be a header and a field, such as "Mail=email"'),
        ("Mail=emial", r'there is no field "emial" \(did you mean email\?\); there are .* linked_account_id$'),
        ("X=id", r'there is no field "id" \(did you mean customer_id\?\); there are .* linked_account_id$'),
        ("email=Mail", 'the name of the column comes first, and the field last: --map "Mail=email"$'),
        ("Customer-ID=Kd. Nr", 'and the field last: --map "Kd. Nr=customer_id"$'),
        ("email=", 'there is no field ""'),
        ("Mail=", 'there is no field ""; there are customer_id, .*$'),
    ],
)
def test_a_mapping_to_no_field_says_which_fields_there_are(text: str, said: str) -> None:
    """A slip is answered with the field that is near."""
    with pytest.raises(ValueError, match=said):
        parse_mapping(text)
