// How one stream arrives: what RFC 3550 wants reported, and which packets to ask for again.
#pragma once

#include "clock.hpp"
#include "rtcp.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace yunkan {

/// Counts of a stream (RFC 3550 appendix A).
class Reception {
public:
    /// Count a packet that was not sent before. How many numbers it jumped over: 0 when it is
    /// the next, negative when it is late.
    int arrived(std::uint16_t sequence, std::uint32_t time, Seconds now, unsigned clock);

    void sender_reported(Ntp time, Seconds now) {
        last_report_ = compact(time);
        reported_at_ = now;
    }

    /// The block for the other side; begins a new stretch for its fraction.
    ReportBlock report(std::uint32_t ssrc, Seconds now);

    [[nodiscard]] std::uint64_t received() const { return received_; }
    [[nodiscard]] std::uint64_t lost() const;
    [[nodiscard]] double jitter() const { return jitter_; } ///< in units of the stream's clock

    /// By how much the newest packet took longer than the fastest, in units of the stream's clock:
    /// so much waits on the way.
    [[nodiscard]] int late() const { return late_; }

private:
    [[nodiscard]] std::uint32_t highest() const { return cycles_ + newest_; }

    bool begun_ = false;
    std::uint16_t newest_ = 0;
    std::uint32_t first_ = 0, cycles_ = 0;
    std::uint64_t received_ = 0;
    std::uint64_t expected_before_ = 0, received_before_ = 0;
    double jitter_ = 0;
    std::uint32_t transit_ = 0, least_transit_ = 0;
    int late_ = 0;
    std::uint32_t last_report_ = 0;
    Seconds reported_at_ = 0;
};

/// The numbers that were jumped over and have not come yet.
class Missing {
public:
    /// More at once is not loss but another beginning: a new key picture is cheaper.
    static constexpr std::size_t kMost = 300;

    /// Numbers older than this have no use: whoever watches has gone on without them. But where
    /// it takes long for one to come, each is waited for three times as long.
    static constexpr Seconds kLongest = 1.0;
    static constexpr int kTimes = 3;

    /// False if there are too many; then none is asked for.
    bool jumped_over(std::uint16_t from, int count, Seconds now);

    /// Whether it was missing.
    bool came(std::uint16_t sequence);
    void forget() { numbers_.clear(); }

    /// Those to ask for now, each again after `wait` seconds, then twice as often: a browser heeds
    /// no request within the round trip as it knows it. `gave_up`: since when the newest of those
    /// was missing that grew too old.
    std::vector<std::uint16_t> const &due(Seconds now, Seconds wait,
                                          std::optional<Seconds> &gave_up);

    [[nodiscard]] bool empty() const { return numbers_.empty(); }

private:
    struct Number {
        std::uint16_t sequence;
        Seconds since, next;
    };

    std::vector<Number> numbers_; // ascending on their circle
    std::vector<std::uint16_t> due_;
};

} // namespace yunkan
