"""The address a request came from, as logs tell it.

AWS: "AWS global condition context keys" (`aws:SourceIp`, `aws:VpcSourceIp`), "CloudTrail record contents".
"""

from ipaddress import ip_address, ip_network
from typing import Any, Final

# Addresses that reach S3 through a VPC endpoint only; the documentation's own examples (203.0.113.0/24) are public.
_PRIVATE: Final = tuple(
    ip_network(block)
    for block in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "fc00::/7",
        "::1/128",
    )
)


def is_private(text: str) -> bool | None:
    """Return whether an address is private, None for what is no address, such as the name of a service."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return any(address.version == block.version and address in block for block in _PRIVATE)


def source_address(text: str) -> dict[str, Any]:
    """Return the keys that an address fills: a public one came without an endpoint, a private one through some."""
    return {"aws:SourceIp": text} if is_private(text) is False else {}
