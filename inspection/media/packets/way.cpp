#include "way.hpp"

#include "octets.hpp"

#include <algorithm>
#include <cmath>

namespace yunkan {

namespace {

constexpr Seconds kTick = 250e-6, kReference = 0.064;
constexpr Seconds kBurst = 0.005;
constexpr Seconds kWindow = 0.5;
constexpr Seconds kLeap = 3; // no queue is as long

constexpr std::size_t kLine = 20;             // points of the trend
constexpr double kSmoothing = 0.9;            // of the delay
constexpr double kGain = 4;                   // of the trend
constexpr double kOver = 10;                  // milliseconds the trend must stay over the threshold
constexpr double kUp = 0.0087, kDown = 0.039; // how fast the threshold follows

constexpr double kBackOff = 0.85;            // of what arrives
constexpr Seconds kPause = 0.3;              // between two steps down, and before the first step up
constexpr double kFast = 0.25, kSlow = 0.05; // a second, far from and near the knee
constexpr double kHeavyLoss = 0.10;
constexpr int kLeastCounted = 20;
constexpr double kLeast = 60'000;
constexpr double kEnough = 3'000'000;

} // namespace

std::uint16_t Way::sent(std::size_t octets, Seconds now) {
    auto const number = next_++;
    packets_[number % packets_.size()] = {number, true, static_cast<std::uint32_t>(octets), now};
    return number;
}

void Way::told(ControlPacket const &feedback, Seconds now) {
    auto const &octets = feedback.octets;
    if (octets.size() < 20)
        return;
    auto number = read16(&octets[12]);
    int left = read16(&octets[14]);
    auto const reference = static_cast<std::int32_t>(read24(&octets[16]) << 8) >> 8;
    std::array<std::uint8_t, 4096> steps; // 0: lost, 1: a byte, 2: two bytes
    int const count = std::min<int>(left, steps.size());
    std::size_t at = 20;
    for (int n = 0; n < count;) {
        if (at + 2 > octets.size())
            return;
        unsigned const chunk = read16(&octets[at]);
        at += 2;
        if (chunk >> 15 == 0) {
            for (unsigned run = chunk & 0x1fff; run > 0 && n < count; --run)
                steps[n++] = chunk >> 13 & 3;
        } else if (chunk >> 14 == 2) {
            for (int bit = 13; bit >= 0 && n < count; --bit)
                steps[n++] = chunk >> bit & 1;
        } else {
            for (int bit = 12; bit >= 0 && n < count; bit -= 2)
                steps[n++] = chunk >> bit & 3;
        }
    }
    int came = 0, lost = 0;
    auto arrival = reference * kReference;
    for (int n = 0; n < count; ++n, ++number) {
        auto &packet = packets_[number % packets_.size()];
        bool const ours = packet.waiting && packet.number == number;
        if (steps[n] == 0) {
            lost += ours ? 1 : 0; // may come later; then it was late enough to count
            continue;
        }
        std::size_t const length = steps[n] == 1 ? 1 : 2;
        if (at + length > octets.size())
            return;
        auto const step = length == 1 ? static_cast<int>(octets[at])
                                      : static_cast<std::int16_t>(read16(&octets[at]));
        at += length;
        arrival += step * kTick;
        if (ours) {
            packet.waiting = false;
            ++came;
            arrived(packet, arrival);
        }
    }
    count_loss(came, lost, now);
    if (filling_)
        lower(kBackOff, now);
    else
        raise(now);
}

/// The viewer's clock came round (its 24 bits last twelve days), was set, or lies: what was learnt
/// by it is worth nothing.
void Way::begin_anew() {
    window_.clear();
    line_.clear();
    any_ = filling_ = false;
    bursts_ = 0;
    behind_ = smooth_ = 0;
    over_ = -1;
    overs_ = 0;
}

void Way::arrived(Packet const &packet, Seconds at) {
    if (!window_.empty() && std::abs(at - window_.back().first) > kLeap)
        begin_anew();
    window_.emplace_back(at, packet.octets);
    while (at - window_.front().first > kWindow)
        window_.pop_front();
    if (!any_) {
        any_ = true;
        burst_ = {packet.sent, packet.sent, at};
        return;
    }
    if (packet.sent < burst_.first_sent)
        return; // late
    bool const together =
        packet.sent - burst_.first_sent <= kBurst ||
        (at - burst_.arrived <= kBurst && at - burst_.arrived < packet.sent - burst_.last_sent);
    if (together) {
        burst_.last_sent = packet.sent;
        burst_.arrived = std::max(burst_.arrived, at);
        return;
    }
    if (bursts_++ > 0)
        compare(burst_.last_sent - before_.last_sent, burst_.arrived - before_.arrived,
                burst_.arrived);
    before_ = burst_;
    burst_ = {packet.sent, packet.sent, at};
}

void Way::compare(Seconds sent_apart, Seconds arrived_apart, Seconds arrived) {
    behind_ += (arrived_apart - sent_apart) * 1000;
    smooth_ = kSmoothing * smooth_ + (1 - kSmoothing) * behind_;
    line_.emplace_back(arrived * 1000, smooth_);
    if (line_.size() > kLine)
        line_.pop_front();
    judge(line_.size() == kLine ? slope() : 0, sent_apart, arrived);
}

double Way::slope() const {
    double x = 0, y = 0;
    for (auto const &[when, delay] : line_) {
        x += when;
        y += delay;
    }
    auto const size = static_cast<double>(line_.size());
    x /= size;
    y /= size;
    double upper = 0, lower = 0;
    for (auto const &[when, delay] : line_) {
        upper += (when - x) * (delay - y);
        lower += (when - x) * (when - x);
    }
    return lower > 0 ? upper / lower : 0;
}

void Way::judge(double slope, Seconds sent_apart, Seconds now) {
    auto const trend = std::min(bursts_, 60) * slope * kGain;
    if (trend > threshold_) {
        over_ = over_ < 0 ? sent_apart * 500 : over_ + sent_apart * 1000;
        if (over_ > kOver && ++overs_ > 1 && slope >= trend_before_) {
            over_ = 0;
            overs_ = 0;
            filling_ = true;
        }
    } else {
        over_ = -1;
        overs_ = 0;
        filling_ = false;
    }
    trend_before_ = slope;
    auto const size = std::abs(trend);
    if (size <= threshold_ + 15) { // what is far above is a leap of the way, not its noise
        auto const gain = size < threshold_ ? kDown : kUp;
        auto const passed = std::clamp((now - judged_) * 1000, 0.0, 100.0);
        threshold_ = std::clamp(threshold_ + gain * (size - threshold_) * passed, 6.0, 600.0);
    }
    judged_ = now;
}

void Way::count_loss(int arrived, int lost, Seconds now) {
    window_arrived_ += arrived;
    window_lost_ += lost;
    if (window_arrived_ + window_lost_ < kLeastCounted || now - loss_counted_ < kPause)
        return;
    auto const part =
        static_cast<double>(window_lost_) / static_cast<double>(window_arrived_ + window_lost_);
    window_arrived_ = window_lost_ = 0;
    loss_counted_ = now;
    if (part > kHeavyLoss)
        lower(1 - 0.5 * part, now);
}

void Way::lower(double factor, Seconds now) {
    auto const rate = arriving();
    if (now - lowered_ < kPause || rate <= 0)
        return;
    lowered_ = raised_ = now;
    knee_ = knee_ > 0 && std::abs(rate - knee_) < 0.3 * knee_ ? 0.8 * knee_ + 0.2 * rate : rate;
    cap_ = std::max(kLeast, std::min(cap_, rate) * factor);
}

void Way::raise(Seconds now) {
    if (cap_ >= kNoCap)
        return;
    auto const passed = std::clamp(now - raised_, 0.0, 1.0);
    raised_ = now;
    if (now - lowered_ < kPause)
        return;
    bool const near = knee_ > 0 && cap_ > 0.8 * knee_ && cap_ < 1.15 * knee_;
    cap_ *= 1 + (near ? kSlow : kFast) * passed;
    if (cap_ > kEnough) {
        cap_ = kNoCap;
        knee_ = 0;
    }
}

double Way::arriving() const {
    if (window_.size() < 2)
        return 0;
    double octets = 0;
    for (auto const &[when, size] : window_)
        octets += size;
    auto const span = std::max(0.1, window_.back().first - window_.front().first);
    return 8 * octets / span;
}

} // namespace yunkan
