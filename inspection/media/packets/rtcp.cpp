#include "rtcp.hpp"

#include <algorithm>
#include <cstring>

namespace yunkan {

std::optional<ControlPacket> next_packet(Octets &compound) {
    if (compound.size() < 8 || compound[0] >> 6 != 2)
        return std::nullopt;
    std::size_t const length = 4U * (read16(&compound[2]) + 1U);
    if (length < 8 || length > compound.size())
        return std::nullopt;
    ControlPacket const packet{compound[1], static_cast<std::uint8_t>(compound[0] & 0x1f),
                               compound.first(length)};
    compound = compound.subspan(length);
    return packet;
}

std::uint8_t *Report::begin(std::uint8_t type, std::uint8_t format, std::size_t length) {
    if (length > octets_.size() - length_)
        return nullptr;
    auto *packet = &octets_[length_];
    packet[0] = static_cast<std::uint8_t>(0x80 | format);
    packet[1] = type;
    write16(packet + 2, static_cast<unsigned>(length / 4 - 1));
    length_ += length;
    return packet;
}

void Report::sender_report(std::uint32_t ssrc, Ntp now, std::uint32_t time, std::uint32_t packets,
                           std::uint32_t octets) {
    if (auto *packet = begin(kSenderReport, 0, 28)) {
        write32(packet + 4, ssrc);
        write64(packet + 8, now);
        write32(packet + 16, time);
        write32(packet + 20, packets);
        write32(packet + 24, octets);
    }
}

void Report::receiver_report(std::uint32_t reporter, std::span<ReportBlock const> blocks) {
    blocks = blocks.first(std::min<std::size_t>(blocks.size(), 31));
    auto *packet =
        begin(kReceiverReport, static_cast<std::uint8_t>(blocks.size()), 8 + 24 * blocks.size());
    if (!packet)
        return;
    write32(packet + 4, reporter);
    packet += 8;
    for (auto const &block : blocks) {
        write32(packet, block.ssrc);
        packet[4] = block.fraction_lost;
        write24(packet + 5, static_cast<std::uint32_t>(block.lost) & 0xffffff);
        write32(packet + 8, block.highest);
        write32(packet + 12, block.jitter);
        write32(packet + 16, block.last_report);
        write32(packet + 20, block.delay);
        packet += 24;
    }
}

void Report::description(std::uint32_t ssrc, std::uint32_t name) {
    if (auto *packet = begin(kDescription, 1, 20)) {
        write32(packet + 4, ssrc);
        packet[8] = 1; // CNAME
        packet[9] = 8;
        for (int n = 0; n < 8; ++n)
            packet[10 + n] = static_cast<std::uint8_t>('a' + (name >> (28 - 4 * n) & 0x0f));
        packet[18] = packet[19] = 0;
    }
}

void Report::key_picture_request(std::uint32_t reporter, std::uint32_t ssrc) {
    if (auto *packet = begin(kPayloadFeedback, kPli, 12)) {
        write32(packet + 4, reporter);
        write32(packet + 8, ssrc);
    }
}

void Report::nack(std::uint32_t reporter, std::uint32_t ssrc,
                  std::span<std::uint16_t const> numbers) {
    std::array<std::uint32_t, 64> words;
    std::size_t count = 0;
    for (std::size_t n = 0; n < numbers.size() && count < words.size();) {
        auto const first = numbers[n++];
        std::uint32_t more = 0;
        for (; n < numbers.size() && ahead(numbers[n], first) <= 16; ++n)
            more |= 1U << (ahead(numbers[n], first) - 1);
        words[count++] = static_cast<std::uint32_t>(first) << 16 | more;
    }
    if (auto *packet = begin(kTransportFeedback, kNack, 12 + 4 * count)) {
        write32(packet + 4, reporter);
        write32(packet + 8, ssrc);
        for (std::size_t n = 0; n < count; ++n)
            write32(packet + 12 + 4 * n, words[n]);
    }
}

void Report::bitrate(std::uint32_t reporter, std::uint32_t ssrc, std::uint64_t bits_per_second) {
    auto *packet = begin(kPayloadFeedback, kApplication, 24);
    if (!packet)
        return;
    std::uint32_t exponent = 0;
    for (; bits_per_second >= 1U << 18; bits_per_second >>= 1)
        ++exponent;
    write32(packet + 4, reporter);
    write32(packet + 8, 0);
    std::memcpy(packet + 12, "REMB", 4);
    packet[16] = 1;
    write24(packet + 17, exponent << 18 | static_cast<std::uint32_t>(bits_per_second));
    write32(packet + 20, ssrc);
}

} // namespace yunkan
