# SPDX-License-Identifier: EUPL-1.2
"""A client that nobody of Conclave wrote (aiortc), driven through server/PROTOCOL.md: joins, sends in clear, receives.

It has no keys. Each frame that it receives is looked at before it is decoded: sealed (an SFrame header, RFC 9605, whose
counter rises) or plain.

usage: aiortc_client.py ORIGIN TOKEN SECONDS
Prints one JSON object a line: {"event": "waiting" | "admitted" | "connected" | "done" | "failed", ...}.
"""
import asyncio
import json
import ssl
import sys
import urllib.request

import websockets
from aiortc import RTCPeerConnection, RTCSessionDescription, rtcrtpreceiver
from aiortc.mediastreams import AudioStreamTrack, MediaStreamError, VideoStreamTrack

TRUST_LOCAL = ssl.create_default_context()
TRUST_LOCAL.check_hostname = False
TRUST_LOCAL.verify_mode = ssl.CERT_NONE

TAG_BYTES = 16
# Opus is sealed whole, VP8 after its first byte; key ids hold the source in their upper bits.
CLEAR_BYTES = {"audio": 0, "video": 1}
CONTEXT = {"audio": 0, "video": 1}
FARTHEST = 4096


def say(event, **more):
    print(json.dumps({"event": event, **more}), flush=True)


def number(data, at, half):
    """One of the two numbers of an SFrame header: (number, where it ends), or None."""
    if half < 8:
        return half, at
    end = at + (half & 7) + 1
    return (int.from_bytes(data[at:end], "big"), end) if end <= len(data) else None


def sframe_header(data):
    """(key id, counter, size) or None."""
    if not data:
        return None
    kid = number(data, 1, data[0] >> 4)
    counter = kid and number(data, kid[1], data[0] & 15)
    return (kid[0], *counter) if counter else None


class Spy:
    """What arrives, before any decoder sees it."""

    def __init__(self):
        self.sealed = {"audio": 0, "video": 0}
        self.plain = {"audio": 0, "video": 0}

    def is_sealed(self, kind, data, last):
        header = sframe_header(data[CLEAR_BYTES[kind]:])
        if not header or len(data) < CLEAR_BYTES[kind] + header[2] + TAG_BYTES:
            return False
        kid, counter, _ = header
        if kid >> 12 != CONTEXT[kind]:
            return False
        rising = kid not in last or 0 < counter - last[kid] < FARTHEST
        last[kid] = counter
        return rising

    def worker(self, decode):
        """In place of aiortc's own decoder thread: the same, but that it looks first."""
        def run(loop, taken, given):
            last = {}
            spied = Queue(taken, lambda codec, frame: self.look(codec, frame, last))
            decode(loop, spied, given)
        return run

    def look(self, codec, frame, last):
        kind = codec.mimeType.split("/")[0].lower()
        sealed = self.is_sealed(kind, bytes(frame.data), last)
        (self.sealed if sealed else self.plain)[kind] += 1
        # Any bytes are a sound to Opus: what is sealed is not called one. A picture must still be decoded.
        return kind == "video" or not sealed


class Queue:
    """A queue of which some things are taken away."""

    def __init__(self, queue, keep):
        self.queue = queue
        self.keep = keep

    def get(self):
        while True:
            task = self.queue.get()
            if task is None or self.keep(*task):
                return task


def redeem(origin, token):
    """The link becomes a seat: what the seat's answer says, and its cookie."""
    request = urllib.request.Request(
        origin + "/api/link",
        data=json.dumps({"token": token}).encode(),
        headers={"Content-Type": "application/json", "Origin": origin},
    )
    with urllib.request.urlopen(request, context=TRUST_LOCAL) as answer:
        return json.load(answer), answer.headers["Set-Cookie"].split(";")[0]


class Counter:
    """Reads a remote track as fast as it comes and counts its frames."""

    def __init__(self):
        self.frames = {"audio": 0, "video": 0}
        self.loud = 0
        self.tasks = []

    def watch(self, track):
        self.tasks.append(asyncio.ensure_future(self.read(track)))

    async def read(self, track):
        while True:
            try:
                frame = await track.recv()
            except MediaStreamError:
                return
            self.frames[track.kind] += 1
            if track.kind == "audio" and frame.to_ndarray().any():
                self.loud += 1


async def until(socket, kind):
    while True:
        message = json.loads(await socket.recv())
        if message["type"] in ("error", "over"):
            raise RuntimeError(json.dumps(message))
        if message["type"] == kind:
            return message


async def drain(socket):
    async for _ in socket:
        pass


async def meet(origin, token, seconds):
    seat, cookie = redeem(origin, token)
    socket = await websockets.connect(
        origin.replace("https", "wss") + "/ws", ssl=TRUST_LOCAL, subprotocols=["conclave"], compression=None,
        origin=origin, extra_headers={"Cookie": cookie}, max_size=2**20)
    await socket.send(json.dumps({"type": "hello", "version": 1, "seat": seat["seat"]}))
    await until(socket, "welcome")
    await socket.send(json.dumps({"type": "join"}))
    await until(socket, "lobby")
    say("waiting")
    await until(socket, "state")
    say("admitted")

    spy = Spy()
    rtcrtpreceiver.decoder_worker = spy.worker(rtcrtpreceiver.decoder_worker)
    connection = RTCPeerConnection()
    counter = Counter()
    connection.on("track", counter.watch)
    connected = asyncio.Event()

    def changed():
        if connection.connectionState == "connected":
            connected.set()

    connection.on("connectionstatechange", changed)
    connection.addTrack(AudioStreamTrack())
    connection.addTrack(VideoStreamTrack())
    await connection.setLocalDescription(await connection.createOffer())
    roles = {t.mid: {"audio": "microphone", "video": "camera"}[t.kind] for t in connection.getTransceivers()}
    await socket.send(json.dumps({"type": "offer", "sdp": connection.localDescription.sdp, "roles": roles,
                                  "restart": False, "media": None}))
    answer = await until(socket, "answer")
    await connection.setRemoteDescription(RTCSessionDescription(answer["sdp"], "answer"))
    await socket.send(json.dumps({"type": "sources", "microphone": True, "camera": True, "screen": False,
                                  "screen_sound": False}))
    await asyncio.wait_for(connected.wait(), 10)
    say("connected", state=connection.connectionState)
    reader = asyncio.ensure_future(drain(socket))
    await asyncio.wait({reader}, timeout=seconds)
    say("done", frames=counter.frames, loud=counter.loud, sealed=spy.sealed, plain=spy.plain)
    await socket.send(json.dumps({"type": "leave"}))
    await reader
    await connection.close()


def main():
    try:
        asyncio.run(meet(sys.argv[1], sys.argv[2], float(sys.argv[3])))
    except Exception as error:  # the test reads why
        say("failed", why=repr(error))
        sys.exit(1)


main()
