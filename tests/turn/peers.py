#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""A TURN client that asks for every peer it should not get (ATTACKS A18).

usage: peers.py RELAY PORT USERNAME PASSWORD PEER:PORT…
Prints one line a peer: its address, and "ok" or the error's code.
Invariant: the first peer is asked for with the same allocation as all others.
"""
import asyncio
import sys

from aioice import stun, turn


async def ask(transport, peer):
    """The code with which a channel to this peer is refused, or "ok"."""
    protocol = transport._TurnTransport__inner_protocol
    protocol.channel_number = getattr(protocol, "channel_number", 0x4000)
    request = stun.Message(message_method=stun.Method.CHANNEL_BIND, message_class=stun.Class.REQUEST)
    request.attributes["CHANNEL-NUMBER"] = protocol.channel_number
    protocol.channel_number += 1
    request.attributes["XOR-PEER-ADDRESS"] = peer
    try:
        await protocol.request_with_retry(request)
        return "ok"
    except stun.TransactionFailed as e:
        return str(e.response.attributes["ERROR-CODE"][0])


async def main():
    relay, port, username, password, *peers = sys.argv[1:]
    try:
        transport, _ = await turn.create_turn_endpoint(
            asyncio.DatagramProtocol, (relay, int(port)), username, password, transport="tcp")
    except stun.TransactionFailed as e:
        print("allocate", e.response.attributes["ERROR-CODE"][0])
        return
    for peer in peers:
        host, _, number = peer.rpartition(":")
        print(peer, await ask(transport, (host, int(number))), flush=True)
    transport.close()


asyncio.run(main())
