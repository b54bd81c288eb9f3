// Whole encoded frames out of the packets of one source, as they come: late, twice, or not at all.
#pragma once

#include "codecs.hpp"
#include "octets.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace yunkan {

struct Frame {
    std::vector<std::uint8_t> octets; // as a decoder wants them
    std::int64_t time = 0;            // RTP, unwrapped
    std::int64_t at = 0;              // microseconds since 1970, without the network's jitter
    bool key = false;
    Size size; // 0 × 0 if it states none
};

/// Packets that never came. `from` is when the last frame before them was, `until` when the first
/// after them: for video a key picture, since what lies between cannot be decoded.
struct Gap {
    std::int64_t from = 0, until = 0; // microseconds since 1970
    std::int64_t packets = 0;
};

/// What is known of one packet besides its payload.
struct PacketHead {
    std::uint16_t sequence;
    std::uint32_t time;
    bool marker;
    std::int64_t arrived; // microseconds since 1970
};

/// Puts the packets of one source in order, waits a second for missing ones, and then goes on
/// without them. Every frame given back can be decoded after those given back before it.
///
/// Memory is bounded by `kMostHeld` packets and `kLargestFrame` bytes.
class FrameAssembler {
public:
    /// Microseconds that a missing packet is waited for: five round trips of a poor connection.
    static constexpr std::int64_t kPatience = 1'000'000;

    /// Microseconds at the beginning in which packets may arrive before an earlier one.
    static constexpr std::int64_t kSettling = 200'000;

    static constexpr std::size_t kMostHeld = 4096;
    static constexpr std::size_t kLargestFrame = 4 << 20;

    /// Packets. A sequence that jumps further has begun anew.
    static constexpr int kFurthestJump = 3000;

    explicit FrameAssembler(Codec codec);

    void add(PacketHead const &head, Octets payload);

    /// Give up on what has been waited for long enough by now.
    void wait_no_longer(std::int64_t now);

    /// Nothing more will come: give back what can be given.
    void finish();

    /// Frames and gaps since the last call; a gap comes before the frame that ends it.
    struct Ready {
        std::optional<Gap> gap;
        std::optional<Frame> frame; // none only for a gap at the very end
    };
    std::vector<Ready> take();

    /// Whether nothing can be given back before a key picture.
    [[nodiscard]] bool wants_key_picture() const { return wants_key_; }

private:
    struct Packet {
        PacketHead head;
        std::vector<std::uint8_t> payload;
    };

    /// Arrival less media time, the smallest since a moment and in the time before that.
    struct Quickest {
        std::int64_t since, now, before;
    };

    void begin_anew();
    void hold(std::int64_t number, Packet packet);
    void take_in_turn();
    void skip_to(std::int64_t number);
    void join(Packet const &packet);
    void end_frame();
    void drop_frame();
    std::int64_t smooth(std::int64_t arrived);

    Codec codec_;
    std::map<std::int64_t, Packet> held_; // by unwrapped sequence number
    std::optional<std::int64_t> next_;    // none while settling
    std::int64_t hole_since_ = 0;         // arrival of the first that waits for a missing one
    std::int64_t newest_ = 0;             // unwrapped sequence number
    std::optional<Packet> stray_;         // the first after a jump, believed when it is followed
    bool begun_ = false;

    std::optional<std::int64_t> time_; // of the newest packet in turn, unwrapped
    Frame frame_;
    bool open_ = false;
    bool wants_key_;
    std::optional<Quickest> quickest_;
    std::int64_t last_at_ = 0; // of the last frame given back
    std::int64_t lost_ = 0;    // packets since then
    std::vector<Ready> ready_;
};

} // namespace yunkan
