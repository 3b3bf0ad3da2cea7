#!/usr/bin/env python3
"""A device agent for LiveConnect in Python: docs/devices.md in code. Needs Paho 1.6 (Debian: python3-paho-mqtt).

    TOKEN=$(npm run -s token -- --person p-1 --name Siti) \
        python3 examples/devices/phone.py --client-id phone-1 --log calls.ndjson

The log is a file of JSON lines, one API call a line, oldest first. What must survive a restart of this program (answers given, logs
promised) is kept in the folder --state.
"""

import argparse
import collections
import contextlib
import gzip
import hashlib
import json
import os
import random
import threading
import time
import urllib.error
import urllib.request
from datetime import datetime, timezone

import paho.mqtt.client as mqtt

MOST_ANSWERS = 100
MOST_ATTEMPTS = 5


def now():
    return datetime.now(timezone.utc)


def instant(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


class Memory:
    """What must survive the end of the process: the last answers, and logs that were announced but not sent."""

    def __init__(self, folder):
        self.folder = folder
        os.makedirs(folder, exist_ok=True)
        self.file = os.path.join(folder, "answers.json")
        self.answers = collections.OrderedDict()  # "type id" -> the event that answered it
        if os.path.exists(self.file):
            with open(self.file) as file:
                self.answers.update(json.load(file))

    def find(self, kind, command_id):
        return self.answers.get(f"{kind} {command_id}")

    def keep(self, kind, command_id, event):
        self.answers[f"{kind} {command_id}"] = event
        while len(self.answers) > MOST_ANSWERS:
            self.answers.popitem(last=False)
        with open(self.file + ".new", "w") as file:
            json.dump(self.answers, file)
        os.replace(self.file + ".new", self.file)  # in one step: a crash leaves the old or the new

    def freeze(self, command_id, body):
        with open(self.path(command_id), "wb") as file:
            file.write(body)

    def thaw(self, command_id):
        try:
            with open(self.path(command_id), "rb") as file:
                return file.read()
        except FileNotFoundError:
            return None

    def discard(self, command_id):
        with contextlib.suppress(FileNotFoundError):
            os.remove(self.path(command_id))

    def path(self, command_id):  # an id is the server's to choose; as a file name it could be anything
        return os.path.join(self.folder, hashlib.sha256(command_id.encode()).hexdigest()[:32] + ".frozen")


class Phone:
    def __init__(self, client_id, token, log_path, state, root="lc/v1", groups=()):
        self.commands = f"{root}/clients/{client_id}/commands"
        self.events = f"{root}/clients/{client_id}/events"
        self.filters = [self.commands, f"{root}/clients/{client_id}/inbox", *(f"{root}/groups/{g}" for g in groups)]
        self.log_path = log_path
        self.memory = Memory(os.path.join(state, client_id))
        self.sending = set()  # ids of logs being sent now
        self.lock = threading.Lock()

        # Persistent session: the broker keeps subscriptions and queues QoS 1 messages while we are away.
        self.mqtt = mqtt.Client(client_id=client_id, clean_session=False, protocol=mqtt.MQTTv311)
        self.mqtt.username_pw_set(token)  # the access token is the User Name; there is no password
        self.mqtt.on_connect = self.on_connect
        self.mqtt.on_message = self.on_message

    def run(self, host, port):
        """Connects and stays connected. Our own loop, because Paho's waits have no jitter."""
        failures = 0
        while True:
            connected_at = None
            try:
                self.mqtt.connect(host, port, keepalive=45)
                connected_at = time.monotonic()
                while self.mqtt.loop(timeout=1) == mqtt.MQTT_ERR_SUCCESS:
                    pass
            except OSError as error:
                print("not connected:", error)
            settled = connected_at is not None and time.monotonic() - connected_at > 30
            failures = 1 if settled else failures + 1
            # Exponential back-off with full jitter: anything from 0 to the ceiling.
            time.sleep(random.uniform(0, min(60, 2 ** (failures - 1))))

    def on_connect(self, _client, _userdata, flags, return_code):
        if return_code != 0:  # 4, 5: get a new token before the next try
            print("refused:", mqtt.connack_string(return_code))
            return
        print("online, session", "present" if flags["session present"] else "new")
        if not flags["session present"]:
            self.mqtt.subscribe([(topic_filter, 1) for topic_filter in self.filters])

    def on_message(self, _client, _userdata, message):
        if message.topic == self.commands:
            self.take_command(message.payload)
        else:
            print(message.topic, message.payload.decode("utf-8", "replace"))

    def take_command(self, payload):
        try:
            command = json.loads(payload)
            kind, command_id = command["type"], command["id"]
        except (ValueError, KeyError, TypeError):
            return  # unreadable: there is nobody to answer
        if kind == "logs.put":  # a fresh URL comes under the same id: the upload's own state decides
            self.put_log(command)
            return
        known = self.memory.find(kind, command_id)
        if known:  # QoS 1 may deliver twice: act once, answer again
            self.publish(known)
            return
        act = {"ping": self.ping, "logs.list": self.list_logs, "logs.upload": self.prepare_log, "logs.cancel": self.cancel_log}
        answer = act.get(kind, lambda _: {"type": "unsupported", "command": kind})(command)
        event = self.event(command_id, answer)
        if answer.get("reason") not in ("busy", "not-on-wifi"):  # so only now: asked again, it is looked at again
            with self.lock:
                self.memory.keep(kind, command_id, event)  # before it goes out: after a crash it must not be another one
        self.publish(event)

    def ping(self, _command):
        return {"type": "pong"}

    def list_logs(self, _command):
        lines = self.log_lines()
        if not lines:
            return {"type": "logs.listed", "files": []}
        size = os.path.getsize(self.log_path)
        start, end = lines[0][0]["t"], lines[-1][0]["t"]
        files = [{"name": os.path.basename(self.log_path), "start": start, "end": end, "bytes": size}]
        return {"type": "logs.listed", "files": files}

    def prepare_log(self, command):
        """Freezes the asked part of the log: the announced bytes and hash must be of exactly what is sent later."""
        if command.get("expiresAt") and instant(command["expiresAt"]) < now():
            return {"type": "logs.declined", "reason": "expired"}
        since, until = command.get("from"), command.get("to")
        wanted, size = [], 0
        for call, line in reversed(self.log_lines()):  # newest first: when there is too much, the oldest is left out
            at = instant(call["t"])
            if (since and at < instant(since)) or (until and at > instant(until)):
                continue
            if command.get("onlyFailed") and (call.get("status") or 599) < 400:  # no answer is a failure too
                continue
            size += len(line) + 1
            if size > command["maxBytes"]:
                break
            wanted.append(line)
        if not wanted:
            return {"type": "logs.declined", "reason": "no-calls"}
        body = gzip.compress(b"".join(line + b"\n" for line in reversed(wanted)))
        sha256 = hashlib.sha256(body).hexdigest()
        self.memory.freeze(command["id"], body)
        return {"type": "logs.accepted", "bytes": len(body), "sha256": sha256, "contentEncoding": "gzip"}

    def cancel_log(self, command):
        self.memory.discard(command["id"])
        return {"type": "logs.cancelled"}

    def put_log(self, command):
        with self.lock:
            if command["id"] in self.sending:
                return  # a repeat
            body, last = self.memory.thaw(command["id"]), self.memory.find("logs.put", command["id"])
            if body is not None:
                self.sending.add(command["id"])
        if body is not None:
            threading.Thread(target=self.send_log, args=(command, body), daemon=True).start()
        else:
            self.publish(last or self.event(command["id"], {"type": "logs.failed", "reason": "not-prepared"}))

    def send_log(self, command, body):
        """PUTs with back-off. A repeat is safe: the same bytes to the same object."""
        target = command["upload"]
        answer = {"type": "logs.failed", "reason": "store-unreachable"}
        for attempt in range(MOST_ATTEMPTS):
            try:
                request = urllib.request.Request(target["url"], data=body, method="PUT", headers=target.get("headers") or {})
                with urllib.request.urlopen(request, timeout=30):
                    answer = {"type": "logs.uploaded", "bytes": len(body), "sha256": hashlib.sha256(body).hexdigest()}
                    break
            except urllib.error.HTTPError as error:
                if error.code == 403:  # S3: the signature is past its time. Our own clock is not asked: it may be wrong
                    answer = {"type": "upload.expired"}
                    break
                if error.code < 500:
                    answer = {"type": "logs.failed", "reason": f"store-answered-{error.code}"}
                    break
            except OSError:
                pass  # no network: the next attempt
            time.sleep(random.uniform(0, 2**attempt))
        event = self.event(command["id"], answer)
        with self.lock:  # before the event goes out: its answer, a fresh URL, may come at once
            self.sending.discard(command["id"])
            if self.memory.thaw(command["id"]) is None:
                return  # cancelled meanwhile
            if answer["type"] != "upload.expired":
                self.memory.keep("logs.put", command["id"], event)
                self.memory.discard(command["id"])
        self.publish(event)

    def event(self, command_id, answer):
        at = now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return {**answer, "commandId": command_id, "at": at}

    def publish(self, event):
        self.mqtt.publish(self.events, json.dumps(event), qos=1)  # Paho keeps and repeats it until it is acknowledged

    def log_lines(self):
        """(call, line) of each call, oldest first."""
        try:
            with open(self.log_path, "rb") as file:
                return [(json.loads(line), line.rstrip(b"\n")) for line in file if line.endswith(b"}\n")]
        except FileNotFoundError:
            return []


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=1883)
    parser.add_argument("--client-id", required=True)
    parser.add_argument("--log", default="calls.ndjson")
    parser.add_argument("--state", help="folder; beside the log unless said")
    parser.add_argument("--group", action="append", default=[])
    options = parser.parse_args()
    phone = Phone(options.client_id, os.environ["TOKEN"], options.log, options.state or options.log + ".state", groups=options.group)
    phone.run(options.host, options.port)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
