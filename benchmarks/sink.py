"""A mail server that takes everything at once, or after a while: `python -m benchmarks.sink 0.02`. It says its port, and counts."""

import asyncio
import sys
import time

END = b"\r\n.\r\n"


class _Counted:
    """How many mails it took, and when the first and the last."""

    mails = 0
    first = 0.0
    last = 0.0


class Sink(asyncio.Protocol):
    """One line. `NOOP` answers how many mails came and in how many seconds; `RSET` begins to count anew."""

    def __init__(self, thinks: float) -> None:
        """Take so many seconds over each mail."""
        self._thinks = thinks
        self._heard = b""
        self._is_mail = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Say hello."""
        assert isinstance(transport, asyncio.Transport)
        self._line = transport
        self._line.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        """Answer whatever is whole."""
        self._heard += data
        while (end := self._heard.find(END if self._is_mail else b"\r\n")) >= 0:
            said, self._heard = self._heard[:end], self._heard[end + (5 if self._is_mail else 2) :]
            if self._is_mail:
                self._is_mail = False
                asyncio.get_running_loop().call_later(self._thinks, self._take)
            else:
                self._answer(said[:4].upper())

    def _take(self) -> None:
        _Counted.last = time.perf_counter()
        _Counted.first = _Counted.first or _Counted.last
        _Counted.mails += 1
        self._line.write(b"250 taken\r\n")

    def _answer(self, word: bytes) -> None:
        self._is_mail = word == b"DATA"
        if word == b"NOOP":
            self._line.write(f"250 {_Counted.mails} {_Counted.last - _Counted.first}\r\n".encode())
            return
        if word == b"RSET":
            _Counted.mails, _Counted.first = 0, 0.0
        self._line.write({b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}.get(word, b"250 sink\r\n"))
        if word == b"QUIT":
            self._line.close()


async def _serve(thinks: float) -> None:
    server = await asyncio.get_running_loop().create_server(lambda: Sink(thinks), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(float(sys.argv[1])))
