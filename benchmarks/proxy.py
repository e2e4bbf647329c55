"""The proxy of `docs/nginx.conf`, started as it stands but for addresses and folder."""

import re
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx

FILE = Path(__file__).resolve().parent.parent / "docs" / "nginx.conf"
START_SECONDS = 60.0


def nginx() -> str | None:
    """Return where nginx is; an ordinary user's PATH does not lead there."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


def configuration(ports: Sequence[int], *, listens: str, folder: Path) -> str:
    """Return the proxy's file for desks on these ports of this machine."""
    text = FILE.read_text(encoding="utf-8")
    servers = re.findall(r"server (desk[\w-]*:8000) .*;\n", text)
    for server, port in zip(servers, ports, strict=False):
        text = text.replace(f"server {server} ", f"server 127.0.0.1:{port} ")
    for server in servers[len(ports) :]:
        text = re.sub(rf" *server {server} .*;\n", "", text)
    return text.replace("listen 8080;", f"listen {listens};").replace(" /tmp/nginx", f" {folder}/nginx")


@contextmanager
def proxied(ports: Sequence[int], *, listens: int, folder: Path) -> Iterator[str]:
    """Start the proxy before the desks on these ports, and return its address."""
    path, url = folder / "nginx.conf", f"http://127.0.0.1:{listens}"
    path.write_text(configuration(ports, listens=f"127.0.0.1:{listens}", folder=folder), encoding="utf-8")
    with (folder / "nginx.out").open("wb+") as said:
        process = subprocess.Popen(
            [nginx() or "nginx", "-c", str(path), "-g", f"daemon off; pid {folder}/nginx.pid;"], stderr=said
        )
        try:
            _wait(process, url, folder / "nginx.out")
            yield url
        finally:
            process.terminate()
            process.wait()


def _wait(process: subprocess.Popen[bytes], url: str, said: Path) -> None:
    give_up = time.perf_counter() + START_SECONDS
    while time.perf_counter() < give_up and process.poll() is None:
        try:
            if httpx.get(f"{url}/healthz").is_success:
                return
        except httpx.TransportError:
            time.sleep(0.02)
    raise RuntimeError(f"the proxy did not start:\n{said.read_text(encoding='utf-8')[-2000:]}")
