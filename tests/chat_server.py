"""A real HTTP server on loopback that answers as a chat endpoint would, or as a broken one."""

from __future__ import annotations

import json
import threading
import time
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Reply:
    """``missing``: bytes that Content-Length promises beyond the body; ``delay``: seconds before anything is sent;
    ``trickle``: seconds between single bytes of the body; ``hang_up``: close without a word."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    missing: int = 0
    delay: float = 0.0
    trickle: float = 0.0
    hang_up: bool = False


@dataclass(frozen=True)
class Request:
    at: float
    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def asked(self) -> str:
        """The text between the last <paper> and </paper> of the conversation."""
        users = [m["content"] for m in self.body["messages"] if m["role"] == "user" and "<paper>" in m["content"]]
        return str(users[-1]).removeprefix("<paper>\n").removesuffix("\n</paper>")


def chat(content: Any, *, finish: str = "stop", usage: Any = None, **rest: Any) -> Reply:
    """A completion whose message is ``content``; a dict is written as JSON."""
    text = json.dumps(content) if isinstance(content, dict) else content
    body = {"choices": [{"message": {"role": "assistant", "content": text}, "finish_reason": finish}]}
    return Reply(json.dumps(body | ({"usage": usage} if usage else {})).encode(), **rest)


def failing(status: int, message: str = "no", *, headers: dict[str, str] | None = None) -> Reply:
    return Reply(json.dumps({"error": {"message": message}}).encode(), status, headers or {})


class ChatServer(ThreadingHTTPServer):
    """Plays the replies of a title in their order (the last one for ever); ``always`` where a title has none."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.requests: list[Request] = []
        self.replies: dict[str, deque[Reply]] = defaultdict(deque)
        self.always = chat({"entities": [], "results": [], "comparisons": []})
        self.at_once = self.most_at_once = 0
        self.closing = threading.Event()
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def plays(self, title: str, *replies: Reply) -> None:
        self.replies[title] = deque(replies)

    def reply_to(self, request: Request) -> Reply:
        with self.lock:
            self.requests.append(request)
            waiting = self.replies[request.asked.partition("\n")[0]]
            if not waiting:
                return self.always
            return waiting.popleft() if len(waiting) > 1 else waiting[0]

    def handle_error(self, *_: Any) -> None:
        """A client that has hung up is what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    server: ChatServer

    def do_POST(self) -> None:
        server = self.server
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with server.lock:
            server.at_once += 1
            server.most_at_once = max(server.most_at_once, server.at_once)
        reply = server.reply_to(Request(time.monotonic(), self.path, dict(self.headers), body))
        server.closing.wait(reply.delay)
        with server.lock:
            server.at_once -= 1
        if not reply.hang_up:
            self._send(reply)

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for name, value in {"Content-Length": str(len(reply.body) + reply.missing), **reply.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if not reply.trickle:
            self.wfile.write(reply.body)
        for byte in reply.body if reply.trickle else b"":
            self.wfile.write(bytes([byte]))
            if self.server.closing.wait(reply.trickle):
                return

    def do_GET(self) -> None:
        self.send_error(405)

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def chat_server() -> Iterator[ChatServer]:
    server = ChatServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()
