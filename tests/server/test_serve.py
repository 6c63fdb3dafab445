"""Where the server is told to listen."""

import pytest

from mezzotint_infill.errors import BadOptionsError
from mezzotint_server.serve import Address, address


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("127.0.0.1:4000", Address("127.0.0.1", 4000)),
        ("box:0", Address("box", 0)),
        ("[::1]:4000", Address("::1", 4000)),
        ("4000", Address("127.0.0.1", 4000)),
        (":4000", Address("127.0.0.1", 4000)),
    ],
)
def test_an_address_is_a_host_and_a_port_or_a_port_here(text: str, expected: Address) -> None:
    assert address(text) == expected


@pytest.mark.parametrize("text", ["", "box", "box:", "box:-1", "box:65536", "box:http", "box:4_0"])
def test_what_is_no_address_is_named(text: str) -> None:
    with pytest.raises(BadOptionsError, match=r"HOST:PORT"):
        address(text)
