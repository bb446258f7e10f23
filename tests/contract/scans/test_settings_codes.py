import pytest

from contract.scans.settings_codes import is_settings_code


@pytest.mark.parametrize(
    "text",
    [
        "@SETUPE1",
        "@FACDEF",
        "@INTERF10",
        "@TSUSET0D0A",
        "@TSUENA1;TSUSET0D;",
        "%%SpecCodeAA",
        "^#SC^303FFF0",
        "]C0@FACDEF",
    ],
)
def test_what_sets_a_scanner_up_is_known(text: str) -> None:
    assert is_settings_code(text)


@pytest.mark.parametrize(
    "text", ["", "@", "@home", "@ABC", "SETUPE1", "a@SETUPE1", "6A12345678905", "%0081827"]
)
def test_a_label_is_not_taken_for_it(text: str) -> None:
    assert not is_settings_code(text)
