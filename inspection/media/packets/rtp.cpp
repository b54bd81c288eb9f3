#include "rtp.hpp"

namespace yunkan {

std::optional<RtpPacket> read_rtp(Octets packet) {
    if (packet.size() < 12 || packet[0] >> 6 != 2)
        return std::nullopt;
    RtpPacket read{};
    read.marker = packet[1] & 0x80;
    read.payload_type = packet[1] & 0x7f;
    read.sequence = read16(&packet[2]);
    read.time = read32(&packet[4]);
    read.ssrc = read32(&packet[8]);
    std::size_t at = 12 + 4U * (packet[0] & 0x0f), end = packet.size();
    if (packet[0] & 0x10) {
        if (at + 4 > end)
            return std::nullopt;
        auto const profile = read16(&packet[at]);
        std::size_t const length = 4U * read16(&packet[at + 2]);
        at += 4;
        if (length > end - at)
            return std::nullopt;
        if (profile == 0xbede || profile >> 4 == 0x100) {
            read.extensions = packet.subspan(at, length);
            read.two_byte_extensions = profile != 0xbede;
        }
        at += length;
    }
    if (packet[0] & 0x20) {
        std::size_t const padding = packet[end - 1];
        if (padding == 0 || padding > end)
            return std::nullopt;
        end -= padding;
    }
    if (at > end)
        return std::nullopt;
    read.payload = packet.subspan(at, end - at);
    return read;
}

Octets RtpPacket::extension(int id) const {
    std::size_t at = 0;
    while (at < extensions.size()) {
        if (extensions[at] == 0) { // padding
            ++at;
            continue;
        }
        int found;
        std::size_t length;
        if (two_byte_extensions) {
            if (at + 2 > extensions.size())
                return {};
            found = extensions[at];
            length = extensions[at + 1];
            at += 2;
        } else {
            found = extensions[at] >> 4;
            length = 1U + (extensions[at] & 0x0f);
            at += 1;
            if (found == 15)
                return {};
        }
        if (length > extensions.size() - at)
            return {};
        if (found == id)
            return extensions.subspan(at, length);
        at += length;
    }
    return {};
}

} // namespace yunkan
