// RTP packets (RFC 3550 section 5, header extensions RFC 8285).
#pragma once

#include "octets.hpp"

#include <cstdint>
#include <optional>

namespace yunkan {

/// Bytes of the longest datagram that is read: more than any path carries without fragments.
constexpr std::size_t kLongestDatagram = 2048;

/// Bytes of the longest payload that is passed on: what is added to it must still fit a datagram.
constexpr std::size_t kLongestPayload = 1400;

/// What an RTP packet says; the spans point into it.
struct RtpPacket {
    std::uint8_t payload_type;
    bool marker;
    std::uint16_t sequence;
    std::uint32_t time;
    std::uint32_t ssrc;
    Octets payload;
    Octets extensions;
    bool two_byte_extensions;

    /// The value of a header extension, empty if it is not there.
    [[nodiscard]] Octets extension(int id) const;
};

std::optional<RtpPacket> read_rtp(Octets packet);

} // namespace yunkan
