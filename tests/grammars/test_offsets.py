"""Characters and bytes: what lies before one lies before the other."""

from hypothesis import given
from hypothesis import strategies as st

from mezzotint_grammars.offsets import Offsets, utf8

TEXT = st.text(alphabet=st.sampled_from("a\n\r\té☕😀\u2028\udc80"), max_size=2000)


@given(TEXT, st.floats(min_value=0, max_value=1))
def test_every_character_is_found_by_its_byte_and_back(text: str, where: float):
    offsets = Offsets(text)
    char = round(where * len(text))

    assert offsets.byte_of(char) == len(utf8(text[:char]))
    assert offsets.char_of(offsets.byte_of(char)) == char


def test_beyond_the_last_byte_is_the_end_of_the_text():
    assert Offsets("ab").char_of(5) == 2
    assert Offsets("é☕").char_of(50) == 2
