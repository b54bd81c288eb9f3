#include "reception.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace yunkan {

namespace {

/// Packets after which the fastest of them is forgotten: clocks drift.
constexpr int kFollows = 2048;

} // namespace

int Reception::arrived(std::uint16_t sequence, std::uint32_t time, Seconds now, unsigned clock) {
    auto const transit = static_cast<std::uint32_t>(static_cast<std::uint64_t>(now * clock)) - time;
    ++received_;
    if (!begun_) {
        begun_ = true;
        first_ = newest_ = sequence;
        transit_ = least_transit_ = transit;
        return 0;
    }
    auto const difference = static_cast<std::int32_t>(transit - transit_);
    transit_ = transit;
    auto const later = static_cast<std::int32_t>(transit - least_transit_);
    least_transit_ += static_cast<std::uint32_t>(later < 0 ? later : later / kFollows);
    late_ = std::max(later, 0);
    jitter_ += (std::abs(static_cast<double>(difference)) - jitter_) / 16;
    int const step = ahead(sequence, newest_);
    if (step <= 0)
        return step - 1;
    if (sequence < newest_)
        cycles_ += 1U << 16;
    newest_ = sequence;
    return step - 1;
}

std::uint64_t Reception::lost() const {
    std::uint64_t const expected = begun_ ? highest() - first_ + 1 : 0;
    return expected > received_ ? expected - received_ : 0;
}

ReportBlock Reception::report(std::uint32_t ssrc, Seconds now) {
    std::uint64_t const expected = highest() - first_ + 1;
    auto const expected_now = expected - expected_before_, got = received_ - received_before_;
    expected_before_ = expected;
    received_before_ = received_;
    std::uint64_t const fraction =
        expected_now > got ? (expected_now - got) * 256 / expected_now : 0;
    auto const lost = static_cast<std::int64_t>(expected) - static_cast<std::int64_t>(received_);
    return {ssrc,
            static_cast<std::uint8_t>(std::min<std::uint64_t>(fraction, 255)),
            static_cast<std::int32_t>(std::clamp<std::int64_t>(lost, -0x800000, 0x7fffff)),
            highest(),
            static_cast<std::uint32_t>(jitter_),
            last_report_,
            last_report_ ? static_cast<std::uint32_t>((now - reported_at_) * 65536) : 0};
}

bool Missing::jumped_over(std::uint16_t from, int count, Seconds now) {
    if (numbers_.size() + static_cast<std::size_t>(count) > kMost) {
        numbers_.clear();
        return false;
    }
    for (int n = 0; n < count; ++n)
        numbers_.push_back({static_cast<std::uint16_t>(from + n), now, now});
    return true;
}

bool Missing::came(std::uint16_t sequence) {
    return std::erase_if(numbers_,
                         [&](Number const &number) { return number.sequence == sequence; }) > 0;
}

std::vector<std::uint16_t> const &Missing::due(Seconds now, Seconds wait,
                                               std::optional<Seconds> &gave_up) {
    due_.clear();
    gave_up.reset();
    std::erase_if(numbers_, [&](Number const &number) {
        bool const old = now - number.since > std::max(kLongest, kTimes * wait);
        if (old)
            gave_up = std::max(number.since, gave_up.value_or(number.since));
        return old;
    });
    for (auto &number : numbers_)
        if (number.next <= now) {
            number.next = now + (number.next == number.since ? wait : wait / 2);
            due_.push_back(number.sequence);
        }
    return due_;
}

} // namespace yunkan
