#include "arrivals.hpp"

#include "octets.hpp"
#include "rtcp.hpp"

#include <algorithm>

namespace yunkan {

namespace {

constexpr double kTick = 250e-6;
constexpr std::int64_t kTicksOfReference = 256; // 64 ms

/// Numbers one report may speak of, those that did not arrive included.
constexpr std::int64_t kMostNumbers = 280;

/// Arrivals that may wait: a second of the fastest peer we listen to.
constexpr std::size_t kMostWaiting = 2000;

enum Symbol : std::uint16_t { kNotArrived = 0, kSmallStep = 1, kLargeStep = 2 };

} // namespace

void Arrivals::arrived(std::uint16_t number, Seconds now) {
    auto const ticks = static_cast<std::int64_t>(now / kTick);
    if (!begun_) {
        begun_ = true;
        newest_ = next_ = number;
    }
    auto const whole = newest_ + ahead(number, static_cast<std::uint16_t>(newest_));
    newest_ = std::max(newest_, whole);
    if (whole < next_ || waiting_.size() >= kMostWaiting)
        return; // told as lost already
    auto const at = std::lower_bound(
        waiting_.begin(), waiting_.end(), whole,
        [](Arrival const &arrival, std::int64_t wanted) { return arrival.number < wanted; });
    if (at == waiting_.end() || at->number != whole)
        waiting_.insert(at, {whole, ticks});
}

std::size_t Arrivals::write(std::span<std::uint8_t> packet, std::uint32_t reporter,
                            std::uint32_t ssrc, Seconds now) {
    if (waiting_.empty() || packet.size() < 900)
        return 0;
    if (waiting_.front().number - next_ >= kMostNumbers)
        next_ = waiting_.front().number; // a leap: what lies between will never come
    auto const base = next_;
    auto const reference = waiting_.front().ticks / kTicksOfReference;

    std::uint16_t symbols[kMostNumbers + 7] = {};
    std::uint8_t steps[2 * kMostNumbers];
    std::size_t step_bytes = 0, told = 0;
    auto before = reference * kTicksOfReference;
    std::int64_t count = 0;
    for (auto const &arrival : waiting_) {
        auto const position = arrival.number - base;
        auto const step = arrival.ticks - before;
        if (position >= kMostNumbers || step < -0x8000 || step > 0x7fff)
            break;
        bool const small = step >= 0 && step <= 0xff;
        symbols[position] = small ? kSmallStep : kLargeStep;
        if (small) {
            steps[step_bytes++] = static_cast<std::uint8_t>(step);
        } else {
            write16(&steps[step_bytes], static_cast<std::uint16_t>(step));
            step_bytes += 2;
        }
        before = arrival.ticks;
        count = position + 1;
        ++told;
    }
    waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(told));
    next_ = base + count;
    told_ = now;

    auto *const start = packet.data();
    write32(start + 4, reporter);
    write32(start + 8, ssrc);
    write16(start + 12, static_cast<std::uint16_t>(base));
    write16(start + 14, static_cast<unsigned>(count));
    write24(start + 16, static_cast<std::uint32_t>(reference) & 0xffffff);
    start[19] = reports_++;
    std::size_t length = 20;
    for (std::int64_t at = 0; at < count; at += 7, length += 2) { // two bits each, seven a chunk
        unsigned chunk = 0xc000;
        for (int n = 0; n < 7; ++n)
            chunk |= static_cast<unsigned>(symbols[at + n]) << (12 - 2 * n);
        write16(start + length, chunk);
    }
    std::copy(steps, steps + step_bytes, start + length);
    length += step_bytes;
    while (length % 4)
        start[length++] = 0;
    start[0] = 0x80 | kTransportWide;
    start[1] = kTransportFeedback;
    write16(start + 2, static_cast<unsigned>(length / 4 - 1));
    return length;
}

} // namespace yunkan
