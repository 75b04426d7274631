#!/bin/sh
# aiohttp and libcurl send a PUT once more, without a word, where the server has taken it and closes the connection unanswered.
#
# Versions: aiohttp 3.14.5; libcurl 8.23.0 in pycurl 7.49.0; beside requests 2.34.2 and httpx 0.28.1.
# Behaviour: a request on a connection that was used before, and that got no answer, is repeated on a new one, with no retries
#   set: by aiohttp where its method is idempotent (PUT and DELETE as well as GET), by libcurl whatever it is, POST too. The
#   server has both, the caller sees a plain 200. So whoever counts attempts by calls cannot know how often a change was
#   applied, or that it was applied again after somebody else's. requests and httpx raise instead.
# Output seen:
#   aiohttp PUT: 200, 200; the server has first, second, second
#   aiohttp POST: 200, ServerDisconnectedError; the server has first, second
#   libcurl PUT: 200, 200; the server has first, second, second
#   libcurl POST: 200, 200; the server has first, second, second
#   requests PUT: 200, ConnectionError; the server has first, second
#   httpx PUT: 200, RemoteProtocolError; the server has first, second
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check \
  aiohttp==3.14.5 pycurl==7.49.0 requests==2.34.2 httpx==0.28.1 2>/dev/null
cat >send.py <<'PY'
import asyncio
import socket
import socketserver
import threading

import aiohttp
import httpx
import pycurl
import requests


class Once(socketserver.StreamRequestHandler):
    """Answers all requests but the second, after which it closes the connection."""

    def handle(self):
        while self.rfile.readline():
            length = 0
            while line := self.rfile.readline().strip():
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            self.server.taken.append(self.rfile.read(length).decode())
            if len(self.server.taken) == 2:
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")


async def with_aiohttp(method, url):
    async with aiohttp.ClientSession() as session:
        for body in ("first", "second"):
            try:
                async with session.request(method, url, data=body) as response:
                    yield response.status
            except aiohttp.ClientError as error:
                yield type(error).__name__


def with_client(client, keyword, method, url):
    for body in ("first", "second"):
        try:
            yield client.request(method, url, **{keyword: body}).status_code
        except Exception as error:
            yield type(error).__name__


def with_libcurl(method, url):
    curl = pycurl.Curl()
    for body in ("first", "second"):
        curl.setopt(pycurl.URL, url)
        curl.setopt(pycurl.CUSTOMREQUEST, method)
        curl.setopt(pycurl.POSTFIELDS, body)
        curl.setopt(pycurl.WRITEFUNCTION, lambda answer: None)
        try:
            curl.perform()
            yield curl.getinfo(pycurl.RESPONSE_CODE)
        except pycurl.error as error:
            yield type(error).__name__


async def collected(results):
    return [result async for result in results]


for name, method, send in (
    ("aiohttp", "PUT", lambda *request: asyncio.run(collected(with_aiohttp(*request)))),
    ("aiohttp", "POST", lambda *request: asyncio.run(collected(with_aiohttp(*request)))),
    ("libcurl", "PUT", with_libcurl),
    ("libcurl", "POST", with_libcurl),
    ("requests", "PUT", lambda *request: with_client(requests.Session(), "data", *request)),
    ("httpx", "PUT", lambda *request: with_client(httpx.Client(), "content", *request)),
):
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Once) as server:
        server.daemon_threads, server.block_on_close, server.taken = True, False, []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        results = list(send(method, f"http://127.0.0.1:{server.server_address[1]}/"))
        server.shutdown()
    print(f"{name} {method}:", ", ".join(map(str, results)) + "; the server has", ", ".join(server.taken))
PY
env -u http_proxy -u HTTP_PROXY -u all_proxy -u ALL_PROXY env/bin/python -W ignore send.py >seen
cat seen
cat >expected <<'SEEN'
aiohttp PUT: 200, 200; the server has first, second, second
aiohttp POST: 200, ServerDisconnectedError; the server has first, second
libcurl PUT: 200, 200; the server has first, second, second
libcurl POST: 200, 200; the server has first, second, second
requests PUT: 200, ConnectionError; the server has first, second
httpx PUT: 200, RemoteProtocolError; the server has first, second
SEEN
diff expected seen
