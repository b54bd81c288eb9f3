// When each packet of a peer arrived, told back to it so that it can judge how much the way
// carries: transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01).
#pragma once

#include "clock.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace yunkan {

class Arrivals {
public:
    /// Seconds between two reports: often enough for the other side to notice a full way within
    /// a round trip, and under 2 % of what it sends.
    static constexpr Seconds kInterval = 0.05;

    void arrived(std::uint16_t number, Seconds now);

    [[nodiscard]] bool due(Seconds now) const {
        return !waiting_.empty() && now - told_ >= kInterval;
    }

    /// Write one feedback packet about the earliest that are waiting; its length, or 0 when none
    /// is or it does not fit. What it tells of is forgotten.
    std::size_t write(std::span<std::uint8_t> packet, std::uint32_t reporter, std::uint32_t ssrc,
                      Seconds now);

private:
    struct Arrival {
        std::int64_t number; // unwrapped
        std::int64_t ticks;  // of 250 µs
    };

    std::vector<Arrival> waiting_; // ascending by number
    bool begun_ = false;
    std::int64_t newest_ = 0, next_ = 0; // next: the first number not told of yet
    std::uint8_t reports_ = 0;
    Seconds told_ = 0;
};

} // namespace yunkan
