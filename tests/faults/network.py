"""A network of its own beside the machine's, and a line between the two on which packets can be lost, swallowed or refused."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Network

import pytest

LINES = IPv4Network("10.83.0.0/16")
TABLE = "table inet faults { chain out { type filter hook output priority 0; }; chain in { type filter hook input priority 0; }; }"


@dataclass(frozen=True)
class Network:
    """`name` is where a process can live; `home` is the machine's address as seen from there."""

    name: str
    home: str

    def suffer(self, fault: str) -> None:
        """Let each packet, either way, meet this rule of nftables; without one all is well."""
        rules = [f"add rule inet faults {chain} meta l4proto tcp {fault}" for chain in ("out", "in") if fault]
        run("ip", "netns", "exec", self.name, "nft", "; ".join(["flush table inet faults", *rules]))


def run(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True)


@contextmanager
def network() -> Iterator[Network]:
    """Make a network; needs root, and the programs `ip` and `nft`."""
    if os.geteuid() != 0 or not (shutil.which("ip") and shutil.which("nft")):
        pytest.skip("making a network needs root, iproute2 and nftables")
    number = os.getpid() % (LINES.num_addresses // 4)
    made, near = Network(f"desk{number}", str(LINES[4 * number + 1])), f"deska{number}"
    try:
        connect(made, near, f"deskb{number}", str(LINES[4 * number + 2]))
        yield made
    except subprocess.CalledProcessError as error:
        pytest.skip(f"this machine makes no network: {error.stderr.decode().strip()}")
    finally:
        # The line first: with the network alone it would go some time later.
        for words in (("link", "delete", near), ("netns", "delete", made.name)):
            subprocess.run(["ip", *words], check=False, capture_output=True)


def connect(made: Network, near: str, far: str, address: str) -> None:
    """Make it, with a line from `near` on the machine to `far` inside."""
    inside = ("ip", "netns", "exec", made.name)
    run("ip", "netns", "add", made.name)
    run("ip", "link", "add", near, "type", "veth", "peer", "name", far, "netns", made.name)
    run("ip", "address", "add", f"{made.home}/30", "dev", near)
    run("ip", "link", "set", near, "up")
    run(*inside, "ip", "address", "add", f"{address}/30", "dev", far)
    run(*inside, "ip", "link", "set", far, "up")
    run(*inside, "nft", TABLE)
