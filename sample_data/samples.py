"""The rows of the sample files, what each of them is there to show, and how the files are made from them.

`python sample_data/samples.py` writes the files anew. All people, addresses and ids are invented.
"""

from __future__ import annotations

import csv
import datetime as dt
import uuid
from dataclasses import dataclass
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Font

FOLDER = Path(__file__).parent
HEADER = ("Customer ID", "First Name", "Surname", "E-mail Address", "Changed On", "Balance", "Remark")
_NAMESPACE = uuid.UUID("6f1c2a90-6f0b-4e0e-9a35-2f1f0f8f4c11")
FIRST_ROW = 2


@dataclass(frozen=True)
class Sample:
    """A row of the sample: what it shows, the cells, and the status that it ends with."""

    shows: str
    first_name: str
    last_name: str
    email: str
    status: str = "updated"
    customer: str = ""
    remark: str = ""
    customer_id: str | None = None

    @property
    def id(self) -> str:
        """The customer's id: an invented UUID, the same for the same customer, unless one is given."""
        if self.customer_id is not None:
            return self.customer_id
        return str(uuid.uuid5(_NAMESPACE, self.customer or f"{self.first_name} {self.last_name} {self.email}"))


def _magic(word: str, first_name: str, last_name: str, shows: str, status: str) -> Sample:
    return Sample(shows, first_name, last_name, f"sandbox+{word}@example.com", status)


PLAIN = "an ordinary change"
SAMPLES = (
    Sample(PLAIN, "Ada", "Lindqvist", "ada.lindqvist@example.com", remark="moved to Uppsala"),
    Sample(PLAIN, "Bruno", "Carvalho", "bruno.carvalho@example.org"),
    Sample("accents", "José", "Núñez Ibarra", "jose.nunez@example.com"),
    Sample("a name with an apostrophe", "Maeve", "O'Rourke", "maeve@orourke.example.net"),
    Sample("letters beyond Latin-1", "Nguyễn", "Thị Hạnh", "hanh.nguyen@example.com"),
    Sample("a customer who is called Null", "Tomasz", "Null", "tomasz.null@example.com"),
    Sample("spaces around a name, which are trimmed", "  Mara ", "Vidović", "mara.vidovic@example.org"),
    Sample(
        "an id in capitals",
        "Pia",
        "Hakala",
        "pia.hakala@example.com",
        customer_id="7C0E2F4A-58B1-4D0B-9D64-0B8C0E6E51A3",
    ),
    Sample("a remark that looks like a formula", "Gil", "Serrano", "gil.serrano@example.com", remark="=1+1"),
    Sample("the first of two equal rows", "Ines", "Fabre", "ines.fabre@example.com", customer="Ines"),
    Sample("the same change again", "Ines", "Fabre", "ines.fabre@example.com", "duplicate", customer="Ines"),
    Sample(PLAIN, "Kwame", "Boateng", "kwame.boateng@example.com"),
    Sample("no e-mail address", "Lotte", "Brandt", "", "invalid", customer="Lotte"),
    Sample("an address without @", "Oskar", "Wolny", "oskar.wolny.example.com", "invalid"),
    Sample("a comma in an address", "Yara", "Haddad", "yara.haddad@example,com", "invalid"),
    Sample(
        "an id that is cut off", "Emil", "Sørensen", "emil@example.com", "invalid", customer_id="41d0a9c2-77b5-4c9e"
    ),
    Sample("no first name, and a wrong address", "", "Petrova", "petrova@", "invalid", customer="Petrova"),
    Sample("one customer, two different changes", "Hana", "Sato", "hana.sato@example.com", "invalid", customer="Hana"),
    Sample("the other of the two", "Hana", "Sato-Meier", "hana.sato@example.com", "invalid", customer="Hana"),
    Sample(PLAIN, "Dario", "Conti", "dario.conti@example.net"),
    _magic("400", "Nils", "Berg", "a row that the API refuses", "rejected"),
    _magic("404", "Olga", "Reyes", "a customer that the API does not know", "rejected"),
    _magic("429", "Priya", "Nair", "the API asks to slow down, once", "updated"),
    _magic("flaky", "Quim", "Ferrer", "the API fails once, then it works", "updated"),
    _magic("500", "Rosa", "Amato", "the API fails every time", "unconfirmed"),
    _magic("503", "Sven", "Dahl", "the API is not available, and may have begun with this row", "unconfirmed"),
    _magic("425", "Stig", "Holm", "the API is not ready to look at this row", "failed"),
    _magic("timeout", "Tara", "Quinn", "the API never answers", "unconfirmed"),
    _magic("reset", "Ugo", "Marchetti", "the connection is lost", "unconfirmed"),
    _magic("mismatch", "Vera", "Kovač", "the API stores something else", "mismatch"),
    _magic("html", "Wim", "de Boer", "a login page instead of an answer", "unconfirmed"),
    Sample(PLAIN, "Xenia", "Palaiologou", "xenia@example.com", remark="prefers letters"),
    Sample(PLAIN, "Yusuf", "Demir", "yusuf.demir@example.com"),
    Sample(PLAIN, "Zoë", "Maes", "zoe.maes@example.org"),
    Sample("a long name", "Wilhelmina Theodora", "van den Oosterkamp-Rietveld", "w.t.oosterkamp@example.com"),
    Sample(PLAIN, "Arjun", "Mehta", "arjun+billing@example.com"),
    Sample(PLAIN, "Bea", "Novak", "bea.novak@example.com"),
    Sample(PLAIN, "Caio", "Prado", "caio.prado@example.com"),
    Sample(PLAIN, "Dilek", "Aksoy", "dilek.aksoy@example.com"),
    Sample("left out: only the first rows are sent", "Edda", "Thorsen", "edda.thorsen@example.com", "not_sent"),
    Sample("left out too", "Farid", "Rahimi", "farid.rahimi@example.com", "not_sent"),
)
LIMIT = sum(sample.status not in ("invalid", "duplicate", "not_sent") for sample in SAMPLES)
"""What the demo gives to `--limit`, so that the last two rows are left out."""

CLEAN = SAMPLES[:6] + SAMPLES[31:35]
_FIRST_DAY = dt.date(2026, 9, 1)


def cells(samples: tuple[Sample, ...]) -> list[tuple[str | float | dt.date, ...]]:
    """Return the cells of each row, as a workbook holds them."""
    return [
        (
            sample.id,
            sample.first_name,
            sample.last_name,
            sample.email,
            _FIRST_DAY + dt.timedelta(days=3 * number % 61),
            round(17.25 * number % 400, 2),
            sample.remark,
        )
        for number, sample in enumerate(samples)
    ]


def write_csv(path: Path, samples: tuple[Sample, ...]) -> None:
    """Write rows as a CSV file, UTF-8 and with commas."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows(cells(samples))


def write_workbook(path: Path, samples: tuple[Sample, ...]) -> None:
    """Write rows as a workbook, as a CRM would export it."""
    workbook = Workbook()
    workbook.properties.created = workbook.properties.modified = dt.datetime(2026, 11, 2, 9, 30)  # noqa: DTZ001 - Office's times have no zone
    sheet = workbook.worksheets[0]
    sheet.title = "Changes"
    sheet.append(HEADER)
    for number, row in enumerate(cells(samples), start=FIRST_ROW):
        sheet.append([None if value == "" else value for value in row])
        for cell in sheet[number]:
            if isinstance(cell.value, str):
                cell.data_type = "s"
            if isinstance(cell.value, dt.date):
                cell.number_format = "yyyy-mm-dd"
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for column, width in zip("ABCDEFG", (38, 20, 28, 30, 12, 10, 20), strict=True):
        sheet.column_dimensions[column].width = width
    workbook.save(path)


def main() -> None:
    """Write all sample files anew."""
    write_workbook(FOLDER / "customer_changes.xlsx", SAMPLES)
    write_csv(FOLDER / "customer_changes.csv", SAMPLES)
    write_csv(FOLDER / "customer_changes_clean.csv", CLEAN)
    print(f"Wrote {len(SAMPLES)} rows, {LIMIT} of them to be sent, and {len(CLEAN)} clean ones.")


if __name__ == "__main__":
    main()
