#include "frames.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace yunkan {

namespace {

/// Microseconds. Media time that strays further from the arrivals is not believed.
constexpr std::int64_t kFurthestStray = 2'000'000;

/// Microseconds for which the quickest packet counts, at least.
constexpr std::int64_t kRemembered = 5'000'000;

std::int64_t microseconds(Codec codec, std::int64_t time) {
    return codec == Codec::kOpus ? time * 125 / 6 : time * 100 / 9; // 48 kHz, 90 kHz
}

} // namespace

FrameAssembler::FrameAssembler(Codec codec) : codec_(codec), wants_key_(codec != Codec::kOpus) {}

void FrameAssembler::add(PacketHead const &head, Octets payload) {
    Packet packet{head, {payload.begin(), payload.end()}};
    if (!begun_) {
        begun_ = true;
        newest_ = head.sequence;
    }
    int const step = ahead(head.sequence, static_cast<std::uint16_t>(newest_));
    if (std::abs(step) > kFurthestJump) {
        bool const followed =
            stray_ && static_cast<std::uint16_t>(stray_->head.sequence + 1) == head.sequence;
        if (!followed) {
            stray_ = std::move(packet);
            return;
        }
        begin_anew();
        newest_ = stray_->head.sequence;
        hold(newest_, std::move(*stray_));
        stray_.reset();
        hold(++newest_, std::move(packet));
    } else {
        auto const number = newest_ + step;
        if (next_ && number < *next_)
            return; // too late, or once more
        newest_ = std::max(newest_, number);
        hold(number, std::move(packet));
    }
    take_in_turn();
    if (held_.size() > kMostHeld)
        skip_to(held_.begin()->first);
    wait_no_longer(head.arrived);
}

void FrameAssembler::wait_no_longer(std::int64_t now) {
    while (!held_.empty() && now - hole_since_ > (next_ ? kPatience : kSettling))
        skip_to(held_.begin()->first);
}

void FrameAssembler::finish() {
    stray_.reset();
    while (!held_.empty())
        skip_to(held_.begin()->first);
    if (open_)
        drop_frame(); // its end never came
    if (lost_ > 0 && last_at_ != 0)
        ready_.push_back({Gap{last_at_, last_at_, lost_}, std::nullopt});
    lost_ = 0;
}

std::vector<FrameAssembler::Ready> FrameAssembler::take() { return std::exchange(ready_, {}); }

/// The sender began again with other numbers, as after a change of its source.
void FrameAssembler::begin_anew() {
    while (!held_.empty())
        skip_to(held_.begin()->first);
    drop_frame();
    wants_key_ = codec_ != Codec::kOpus;
    next_.reset();
    time_.reset();
    quickest_.reset();
}

void FrameAssembler::hold(std::int64_t number, Packet packet) {
    if (held_.empty())
        hole_since_ = packet.head.arrived;
    held_.try_emplace(number, std::move(packet));
}

void FrameAssembler::take_in_turn() {
    while (next_ && !held_.empty() && held_.begin()->first == *next_) {
        join(held_.begin()->second);
        held_.erase(held_.begin());
        ++*next_;
        if (!held_.empty())
            hole_since_ = held_.begin()->second.head.arrived;
    }
}

void FrameAssembler::skip_to(std::int64_t number) {
    if (next_ && number > *next_) {
        lost_ += number - *next_;
        if (codec_ != Codec::kOpus) {
            drop_frame();
            wants_key_ = true;
        }
    }
    next_ = number;
    take_in_turn();
}

void FrameAssembler::join(Packet const &packet) {
    auto const &head = packet.head;
    if (packet.payload.empty())
        return; // padding, sent to find out how much the path carries
    auto const time =
        time_ ? *time_ + static_cast<std::int32_t>(head.time - static_cast<std::uint32_t>(*time_))
              : static_cast<std::int64_t>(head.time);
    if (open_ && time != frame_.time)
        end_frame(); // no marker, but whole: nothing is missing before this packet
    time_ = time;
    if (!open_) {
        open_ = true;
        frame_ = {};
        frame_.time = time;
        frame_.at = smooth(head.arrived);
    }
    auto const size = stated_size(codec_, packet.payload);
    if (size && frame_.size == Size{})
        frame_.size = *size;
    frame_.key = frame_.key || starts_key_picture(codec_, packet.payload);
    bool const sound = append_encoded(codec_, packet.payload, frame_.octets);
    if (!sound || frame_.octets.size() > kLargestFrame) {
        ++lost_;
        drop_frame();
        wants_key_ = codec_ != Codec::kOpus;
        return;
    }
    if (codec_ == Codec::kOpus || head.marker)
        end_frame();
}

void FrameAssembler::end_frame() {
    open_ = false;
    // One that states its size is whole from its beginning, also where the beginning of the
    // sequence or of what follows a hole cuts through a picture.
    if (wants_key_ && !(frame_.key && frame_.size != Size{}))
        return;
    wants_key_ = false;
    std::optional<Gap> gap;
    auto const lost = std::exchange(lost_, 0);
    if (lost > 0 && last_at_ != 0) // before the first frame there is nothing to miss
        gap = Gap{last_at_, frame_.at, lost};
    last_at_ = frame_.at;
    ready_.push_back({gap, std::exchange(frame_, {})});
}

void FrameAssembler::drop_frame() {
    open_ = false;
    frame_ = {};
}

/// When the frame that is being joined would have arrived over an even network: media time, laid
/// along the quickest packets of the last seconds. Older ones are forgotten, since two clocks never
/// agree and a microphone may stop its own.
std::int64_t FrameAssembler::smooth(std::int64_t arrived) {
    auto const media = microseconds(codec_, *time_);
    auto const behind = arrived - media;
    if (quickest_ && behind - std::min(quickest_->now, quickest_->before) > kFurthestStray)
        quickest_.reset();
    if (!quickest_)
        quickest_ = Quickest{arrived, behind, behind};
    else if (arrived - quickest_->since > kRemembered)
        quickest_ = Quickest{arrived, behind, quickest_->now};
    quickest_->now = std::min(quickest_->now, behind);
    return media + std::min(quickest_->now, quickest_->before);
}

} // namespace yunkan
