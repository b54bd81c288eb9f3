// The packets of a stream that arrived last, kept to be sent again when a viewer missed one.
#pragma once

#include "rtp.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace yunkan {

class Kept {
public:
    struct Packet {
        std::uint16_t sequence, length;
        std::uint32_t time;
        bool marker, there;
    };

    /// `size`: how many, a power of two.
    explicit Kept(std::size_t size) : packets_(size), payloads_(size * kLongestPayload) {}

    [[nodiscard]] Packet const *find(std::uint16_t sequence) const {
        auto const &packet = packets_[slot(sequence)];
        return packet.there && packet.sequence == sequence ? &packet : nullptr;
    }

    [[nodiscard]] Octets payload(Packet const &packet) const {
        return {&payloads_[slot(packet.sequence) * kLongestPayload], packet.length};
    }

    void keep(std::uint16_t sequence, std::uint32_t time, bool marker, Octets payload) {
        auto const at = slot(sequence);
        packets_[at] = {sequence, static_cast<std::uint16_t>(payload.size()), time, marker, true};
        std::copy(payload.begin(), payload.end(), &payloads_[at * kLongestPayload]);
    }

    void forget() {
        for (auto &packet : packets_)
            packet.there = false;
    }

private:
    [[nodiscard]] std::size_t slot(std::uint16_t sequence) const {
        return sequence & (packets_.size() - 1);
    }

    std::vector<Packet> packets_;
    std::vector<std::uint8_t> payloads_;
};

} // namespace yunkan
