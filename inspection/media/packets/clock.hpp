// Two clocks: one that only grows, in seconds, and one that reports carry, in NTP's format.
#pragma once

#include <chrono>
#include <cstdint>

namespace yunkan {

/// Seconds of a clock that never jumps.
using Seconds = double;

/// Seconds since 1900 in 32.32 fixed point (RFC 5905 section 6).
using Ntp = std::uint64_t;

struct Moment {
    Seconds seconds;
    Ntp ntp;

    static Moment now() {
        using namespace std::chrono;
        auto const steady = steady_clock::now().time_since_epoch();
        auto const wall = duration_cast<nanoseconds>(system_clock::now().time_since_epoch());
        auto const whole = duration_cast<std::chrono::seconds>(wall);
        auto const part = static_cast<std::uint64_t>((wall - whole).count());
        constexpr std::uint64_t kFrom1900To1970 = 2'208'988'800;
        return {duration<double>(steady).count(),
                (static_cast<std::uint64_t>(whole.count()) + kFrom1900To1970) << 32 |
                    (part << 32) / 1'000'000'000};
    }
};

/// Microseconds since 1970, UTC.
inline std::int64_t since_1970(Ntp time) {
    constexpr std::int64_t kFrom1900To1970 = 2'208'988'800;
    return (static_cast<std::int64_t>(time >> 32) - kFrom1900To1970) * 1'000'000 +
           static_cast<std::int64_t>((time & 0xffffffff) * 1'000'000 >> 32);
}

/// The middle 32 bits, which reports send back (RFC 3550 section 6.4.1).
inline std::uint32_t compact(Ntp time) { return static_cast<std::uint32_t>(time >> 16); }

/// Signed seconds from one NTP time to another.
inline Seconds between(Ntp from, Ntp until) {
    return static_cast<double>(static_cast<std::int64_t>(until - from)) / 4294967296.0;
}

} // namespace yunkan
