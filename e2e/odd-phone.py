#!/usr/bin/env python3
"""A phone that goes wrong in one way, for tests: Paho for Python, and nothing of ours.

oversize   announces more than it may send
checksum   announces the hash of other bytes
truncated  sends less than it announced
refused    sends to the link what it was not signed for
killed     dies with 41 % of its log sent; run again as `good` it sends all of it
expired    says of its first link that it has run out
silent     hears the command and says nothing
stops      says yes and waits, so that it can be told to stop
good       sends its log
"""

import gzip
import hashlib
import http.client
import json
import os
import sys
import threading
import urllib.parse

import paho.mqtt.client as mqtt

CLIENT_ID, MODE, PORT = sys.argv[1], sys.argv[2], int(sys.argv[3])
LINE = {"method": "GET", "url": "https://api.sehat.example/v1/orders", "status": 200, "ms": 80, "bytes": 5, "attempt": 1}
LINES = [json.dumps({"t": f"2026-11-20T03:{n // 60:02}:{n % 60:02}Z", **LINE}) for n in range(600)]
BODY = gzip.compress("".join(line + "\n" for line in LINES).encode(), mtime=0)
links = 0


def say(kind, command, **fields):
    event = {"commandId": command["id"], "type": kind, "at": "2026-11-20T04:00:00Z", **fields}
    print("SAID", kind, flush=True)
    return client.publish(f"lc/v1/clients/{CLIENT_ID}/events", json.dumps(event), qos=1)


def put(upload, body, announced=None):
    """The store's status; `announced`: a length promised in the header and not kept."""
    url = urllib.parse.urlsplit(upload["url"])
    link = http.client.HTTPConnection(url.hostname, url.port, timeout=5)
    link.putrequest("PUT", f"{url.path}?{url.query}")
    for name, value in {**upload["headers"], "content-length": str(announced or len(body))}.items():
        link.putheader(name, value)
    link.endheaders()
    link.send(body)
    if announced:
        return None
    return link.getresponse().status


def take(command):
    global links
    kind = command["type"]
    print("HEARD", kind, flush=True)
    if kind == "logs.cancel":
        say("logs.cancelled", command)
    elif kind == "logs.upload" and MODE != "silent":
        size = len(BODY) * 10_000 if MODE == "oversize" else len(BODY)
        told = b"other bytes" if MODE == "checksum" else BODY
        say("logs.accepted", command, bytes=size, sha256=hashlib.sha256(told).hexdigest(), contentEncoding="gzip")
    elif kind == "logs.put" and MODE != "stops":
        links += 1
        if MODE == "expired" and links == 1:
            say("upload.expired", command)
        elif MODE == "killed":
            sent = len(BODY) * 41 // 100
            say("logs.progress", command, sentBytes=sent, totalBytes=len(BODY)).wait_for_publish()
            put(command["upload"], BODY[:sent], announced=len(BODY))
            os._exit(1)
        else:
            body = {"truncated": BODY[:-9], "refused": BODY + b"more"}.get(MODE, BODY)
            status = put(command["upload"], body)
            print("STORE", status, flush=True)
            if status == 200:
                say("logs.uploaded", command, bytes=len(BODY))
            else:
                say("logs.failed", command, reason=f"store-answered-{status}")


def on_connect(_client, _userdata, flags, return_code):
    print("CONNACK", return_code, flush=True)
    client.subscribe(f"lc/v1/clients/{CLIENT_ID}/commands", qos=1)


def on_message(_client, _userdata, message):
    # Paho sends only from its own loop: what is said here waits for this to return, so work is done beside it.
    threading.Thread(target=take, args=(json.loads(message.payload),), daemon=True).start()


client = mqtt.Client(client_id=CLIENT_ID, clean_session=False, protocol=mqtt.MQTTv311)
client.username_pw_set(os.environ["TOKEN"])
client.on_connect, client.on_message = on_connect, on_message
client.connect("127.0.0.1", PORT, keepalive=45)
client.loop_forever()
