"""Lists of people as they come: what can be read is taken, what cannot is named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.csv_out import csv_bytes, harmless, written
from hub.core.people_csv import ListError, PersonLine, faults, likeness, read_list

FRENCH = "Nom;Prénom;Logement;Langue;Téléphone;Courriel;Hauteur (cm);Poids (kg)\n"


def refused(text: str) -> list[tuple[int, str, str]]:
    return [(line.line, line.reason, line.column) for line in read_list(text.encode()).refused]


def test_a_french_list_with_every_column() -> None:
    text = FRENCH + "Benali;Amina;A12;arabe;06 12 34 56 78;amina@exemple.fr;130;2,5\n"
    assert read_list(text.encode()).accepted == (
        PersonLine(
            name="Amina Benali",
            flat="A12",
            language="ar",
            phone="+33612345678",
            email="amina@exemple.fr",
            reach_cm=130,
            carry_grams=2_500,
        ),
    )


def test_languages_are_told_by_code_in_french_in_english_or_in_their_own_name() -> None:
    told = ("ar", "Arabe", "Arabic", "العربية", "sq", "Albanais", "Albanian", "Shqip", "", "en")
    text = "nom;langue\n" + "".join(f"Personne {number};{one}\n" for number, one in enumerate(told))
    languages = [line.language for line in read_list(text.encode()).accepted]
    assert languages == [*["ar"] * 4, *["sq"] * 4, "fr", "en"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_spreadsheets_of_all_kinds(encoding: str, delimiter: str) -> None:
    text = f"Name{delimiter}Flat\r\nZoé Müller{delimiter}B 3\r\n"
    assert read_list(text.encode(encoding)).accepted == (PersonLine(name="Zoé Müller", flat="B 3"),)


def test_each_bad_line_is_refused_with_its_reason_and_the_others_are_taken() -> None:
    text = "nom;logement;téléphone;langue;email;hauteur\n" + "\n".join(
        [
            "Bon Premier;A1;;;;",
            ";A2;;;;",
            f"{'x' * 121};A3;;;;",
            "Mauvais Tel;A4;zéro six;;;",
            "Bon Premier;a1;;;;",
            "Mauvaise Langue;A6;;français du sud;;",
            "Mauvais Courriel;A7;;;pas-un-courriel;",
            "Trop Haut;A8;;;;900",
            "",
            "Numero Court;A9;06 12 34 56;;;",
            "Bon Dernier;A9;;;;",
        ]
    )
    assert refused(text) == [
        (3, "name_missing", "name"),
        (4, "too_long", "name"),
        (5, "bad_phone", "phone"),
        (6, "duplicate", "name"),
        (7, "bad_language", "language"),
        (8, "bad_email", "email"),
        (9, "bad_number", "reach"),
        (11, "bad_phone", "phone"),
    ]
    assert [line.name for line in read_list(text.encode()).accepted] == ["Bon Premier", "Bon Dernier"]


@pytest.mark.parametrize("following", [0, 3, 9_000])
def test_a_quote_that_never_ends_costs_its_own_line_and_no_other(following: int) -> None:
    others = "".join(f"Personne {number};{number}\n" for number in range(following))
    report = read_list(f'nom;logement\nAmina;1\n"Beta;2\n{others}'.encode())
    assert [(line.line, line.text) for line in report.refused] == [(3, '"Beta;2')]
    assert len(report.accepted) == 1 + following


def test_a_quoted_cell_may_run_over_lines() -> None:
    report = read_list(b'nom;logement;remarque\n"Amina";A1;"vient\ntard"\nBeta;B2;5" ecran\n')
    assert [line.name for line in report.accepted] == ["Amina", "Beta"]
    assert report.refused == ()


def test_who_is_there_already_is_not_added_again() -> None:
    known = {(likeness("Amina BENALI"), likeness("A12"))}
    report = read_list(b"nom;logement\nAmina Benali;a12\nAmina Benali;B1\n", known)
    assert [line.flat for line in report.accepted] == ["B1"]
    assert [line.reason for line in report.refused] == ["duplicate"]


def test_a_latin_1_list_where_flats_come_twice_takes_households_and_refuses_doubles() -> None:
    lines = (
        "Nom;Prénom;Appartement;Téléphone",
        "Kœnig;Zoé;Bât. É 3;06 12 34 56 78",
        "Müller;Noël;Bât. É 3;",
        "Müller;Noël;Bât. F 1;",
        "MULLER;NOEL;bat. e 3;06 98 76 54 32",
        "Müller;Chloé;bât. é  3;",
    )
    report = read_list("\r\n".join(lines).encode("cp1252"))
    assert [(one.name, one.flat) for one in report.accepted] == [
        ("Zoé Kœnig", "Bât. É 3"),
        ("Noël Müller", "Bât. É 3"),
        ("Noël Müller", "Bât. F 1"),
        ("Chloé Müller", "bât. é  3"),
    ]
    assert [(one.line, one.reason) for one in report.refused] == [(5, "duplicate")]


def test_control_characters_are_refused() -> None:
    assert refused("nom;logement\nA\x07B;A1\n") == [(2, "control", "name")]


HIDDEN = [*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
HIDDEN += [0x00AD, 0x034F, 0x061C, 0x2028, 0x2060, 0x2800, 0x3164, 0xE0041, 0xE000]


@pytest.mark.parametrize("sign", HIDDEN, ids=[f"U+{sign:04X}" for sign in HIDDEN])
def test_signs_nobody_sees_are_refused_and_spelled_out(sign: int) -> None:
    report = read_list(f"nom;logement\nAmina{chr(sign)} Benali;A1\nBeta;B{chr(sign)}2\nGamma;C3\n".encode())
    assert [(line.line, line.reason, line.column) for line in report.refused] == [
        (2, "hidden_sign", "name"),
        (3, "hidden_sign", "flat"),
    ]
    assert report.refused[0].text == f"Amina<U+{sign:04X}> Benali;A1"
    assert [line.name for line in report.accepted] == ["Gamma"]


def test_each_field_of_a_form_is_told_of_its_hidden_signs() -> None:
    person, wrong = faults({"name": "A\u202eB", "flat": "A\u200b1", "phone": "06\x07"})
    assert (person, wrong) == (None, {"name": "hidden_sign", "flat": "hidden_sign", "phone": "control"})


@pytest.mark.parametrize(
    "name", ["Nguyễn Thị Mai", "أمينة بن علي", "Zoé\u00a0Müller", "O’Brien-Łukasz", "王小明"]
)
def test_names_of_every_writing_are_taken(name: str) -> None:
    [person] = read_list(f"nom\n{name}\n".encode()).accepted
    assert person.name == name.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("raw", "why"),
    [(b"", "empty"), (b"\n \n", "empty"), (b"a;b\n1;2\n", "no_name_column"), (b"x" * 5_000_001, "too_large")],
)
def test_what_is_no_list_is_said_to_be_none(raw: bytes, why: str) -> None:
    with pytest.raises(ListError) as caught:
        read_list(raw)
    assert caught.value.why == why


@given(st.binary(max_size=300))
def test_no_bytes_bring_it_down(raw: bytes) -> None:
    try:
        report = read_list(b"nom;logement\n" + raw)
    except ListError:
        return
    assert all(line.name for line in report.accepted)


def test_a_list_that_was_taken_out_is_read_in_as_it_was() -> None:
    """What begins like a formula was marked on its way out, a telephone number with its country too."""
    heading = ("nom", "logement", "telephone")
    rows = (("=Anne", "+A 1", "+33639980101"), ("'t Hooft", "-1", ""), ("'Abd", "", ""))
    report = read_list(csv_bytes(heading, rows))
    assert report.refused == ()
    assert [(one.name, one.flat, one.phone or "") for one in report.accepted] == list(rows)


@given(st.text().filter(lambda cell: not cell.replace("\0", "").startswith("'")))
def test_what_is_made_harmless_is_what_was_written(cell: str) -> None:
    assert written(harmless(cell)) == cell.replace("\0", "")
