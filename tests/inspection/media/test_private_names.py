"""What passthrough.py takes from aiortc, aioice and pylibsrtp that they keep to themselves.

A new version of one of them may rename these: this says so before a call does.
"""

from __future__ import annotations

import asyncio
import inspect

import pylibsrtp
from aioice import ice
from aiortc import RTCConfiguration, RTCPeerConnection, RTCRtpReceiver, RTCRtpSender
from aiortc import codecs as aiortc_codecs


def test_libsrtp_and_its_sessions_can_be_reached_by_address():
    binding = pylibsrtp._binding
    for name in ("srtp_protect", "srtp_unprotect", "srtp_protect_rtcp", "srtp_unprotect_rtcp"):
        function = binding.ffi.addressof(binding.lib, name)
        assert int(binding.ffi.cast("uintptr_t", function))
    policy = pylibsrtp.Policy(key=bytes(30), ssrc_type=pylibsrtp.Policy.SSRC_ANY_OUTBOUND)
    assert int(binding.ffi.cast("uintptr_t", pylibsrtp.Session(policy)._srtp[0]))


def test_a_connection_lets_its_addresses_and_keys_be_taken_over():
    async def story():
        connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        transceiver = connection.addTransceiver("video", "sendrecv")
        handshake = transceiver.receiver.transport
        assert (handshake._rx_srtp, handshake._tx_srtp) == (None, None)
        assert handshake.state == "new"
        addresses = handshake.transport.iceGatherer._connection
        assert isinstance(addresses, ice.Connection)
        assert addresses.local_username == addresses._local_username
        assert addresses._protocols == []
        assert addresses._check_list == []
        assert addresses._nominated == {}
        assert not addresses._early_checks
        given = inspect.signature(addresses.get_component_candidates).parameters
        assert list(given)[:2] == ["component", "addresses"]
        assert callable(addresses.data_received)
        assert isinstance(transceiver.sender._ssrc, int)
        assert isinstance(transceiver.sender._rtx_ssrc, int)
        assert isinstance(transceiver.sender._stream_id, str)
        await connection.close()

    asyncio.run(story())


def test_an_address_check_is_an_object_of_aioice_with_its_transactions_and_states():
    async def story():
        protocol = ice.StunProtocol(ice.Connection(ice_controlling=False))
        assert protocol.transactions == {}
        assert {"FROZEN", "SUCCEEDED"} <= set(ice.CandidatePair.State.__members__)
        assert isinstance(ice.CandidatePair.remote_addr, property)
        assert callable(protocol.datagram_received)
        assert callable(protocol.connection_lost)

    asyncio.run(story())


def test_what_begins_to_decode_and_encode_is_one_method_each():
    assert inspect.iscoroutinefunction(RTCRtpReceiver.receive)
    assert inspect.iscoroutinefunction(RTCRtpSender.send)
    assert {"audio", "video"} <= aiortc_codecs.CODECS.keys()
    assert {"audio", "video"} <= aiortc_codecs.HEADER_EXTENSIONS.keys()
    assert callable(aiortc_codecs.is_rtx)
