// Control packets (RTCP): what each side tells the other of how its media arrives.
// RFC 3550 section 6; feedback RFC 4585 and RFC 5104.
#pragma once

#include "clock.hpp"
#include "octets.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>

namespace yunkan {

/// One packet of a compound: its kind, its count or format, and all its bytes, header included.
struct ControlPacket {
    std::uint8_t type, format;
    Octets octets;

    [[nodiscard]] std::uint32_t sender() const { return read32(&octets[4]); }
};

enum ControlType : std::uint8_t {
    kSenderReport = 200,
    kReceiverReport = 201,
    kDescription = 202,
    kTransportFeedback = 205,
    kPayloadFeedback = 206,
};

enum TransportFormat : std::uint8_t { kNack = 1, kTransportWide = 15 };
enum PayloadFormat : std::uint8_t { kPli = 1, kFir = 4, kApplication = 15 };

/// Takes the next whole packet off a compound; none at its end or where it is malformed.
std::optional<ControlPacket> next_packet(Octets &compound);

/// How one stream arrives at the other side.
struct ReportBlock {
    std::uint32_t ssrc;
    std::uint8_t fraction_lost; // of 256
    std::int32_t lost;
    std::uint32_t highest;
    std::uint32_t jitter;             // in units of the stream's clock
    std::uint32_t last_report, delay; // NTP's middle 32 bits; 1/65,536 s
};

/// Call `visit` with each report block of a sender's or receiver's report.
template <typename Visit> void each_block(ControlPacket const &packet, Visit visit) {
    std::size_t at = packet.type == kSenderReport ? 28 : 8;
    for (int n = 0; n < packet.format && at + 24 <= packet.octets.size(); ++n, at += 24) {
        auto const *from = &packet.octets[at];
        visit(ReportBlock{read32(from), from[4],
                          static_cast<std::int32_t>(read24(from + 5) << 8) >> 8, read32(from + 8),
                          read32(from + 12), read32(from + 16), read32(from + 20)});
    }
}

/// The streams a request for a key picture is about (PLI names one, FIR several).
template <typename Visit> void each_stream_asked(ControlPacket const &packet, Visit visit) {
    if (packet.octets.size() < 12)
        return;
    if (packet.format == kPli)
        visit(read32(&packet.octets[8]));
    for (std::size_t at = 12; packet.format == kFir && at + 8 <= packet.octets.size(); at += 8)
        visit(read32(&packet.octets[at]));
}

/// The sequence numbers a NACK asks for again (RFC 4585 section 6.2.1).
template <typename Visit> void each_number_asked(ControlPacket const &packet, Visit visit) {
    for (std::size_t at = 12; at + 4 <= packet.octets.size(); at += 4) {
        auto const first = read16(&packet.octets[at]), more = read16(&packet.octets[at + 2]);
        visit(first);
        for (int bit = 0; bit < 16; ++bit)
            if (more >> bit & 1)
                visit(static_cast<std::uint16_t>(first + bit + 1));
    }
}

/// A compound being written, never longer than what fits a datagram.
class Report {
public:
    void sender_report(std::uint32_t ssrc, Ntp now, std::uint32_t time, std::uint32_t packets,
                       std::uint32_t octets);
    void receiver_report(std::uint32_t reporter, std::span<ReportBlock const> blocks);
    void description(std::uint32_t ssrc, std::uint32_t name); ///< a canonical name of 8 letters
    void key_picture_request(std::uint32_t reporter, std::uint32_t ssrc);
    void nack(std::uint32_t reporter, std::uint32_t ssrc,
              std::span<std::uint16_t const> numbers); ///< ascending on their circle
    /// What may be sent at most (REMB, draft-alvestrand-rmcat-remb-03).
    void bitrate(std::uint32_t reporter, std::uint32_t ssrc, std::uint64_t bits_per_second);

    /// Room for a whole packet written elsewhere; `keep` says how long it became.
    std::span<std::uint8_t> rest() { return std::span(octets_).subspan(length_); }
    void keep(std::size_t length) { length_ += length; }

    [[nodiscard]] Octets octets() const { return {octets_.data(), length_}; }
    [[nodiscard]] bool empty() const { return length_ == 0; }

private:
    std::uint8_t *begin(std::uint8_t type, std::uint8_t format, std::size_t length);

    std::array<std::uint8_t, 1200> octets_;
    std::size_t length_ = 0;
};

} // namespace yunkan
