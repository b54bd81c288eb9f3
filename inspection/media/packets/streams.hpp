// Who is connected, what they send (sources) and what is sent to them (sinks).
#pragma once

#include "address.hpp"
#include "arrivals.hpp"
#include "budget.hpp"
#include "clock.hpp"
#include "codecs.hpp"
#include "kept.hpp"
#include "reception.hpp"
#include "way.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace yunkan {

struct Peer;
struct Sink;

/// Bits a second kept free for sound beside the video.
constexpr std::uint64_t kSound = 40'000;

/// A codec as one peer numbers it. `retransmitted`: the payload type of what is sent again
/// (RTX, RFC 4588), or -1.
struct Format {
    Codec codec;
    int payload_type, retransmitted;
    unsigned clock; // ticks a second
};

/// A key picture that somebody waits for, to make a still of.
struct Still {
    bool wanted = false;
    bool begun = false;
    std::uint16_t first = 0;
    std::uint32_t time = 0;
};

struct KeyPicture {
    Codec codec;
    Size size;
    double arrived; // seconds since 1970, UTC
    std::vector<std::uint8_t> encoded;
};

/// The key picture that goes bit by bit to those who get nothing else. It is kept apart, because
/// the packets that came last are those of a few seconds, and it may take longer.
struct Carried {
    std::unique_ptr<Kept> packets{}; // null: nobody needs any
    std::uint32_t time = 0;
    static constexpr std::size_t kMost = 512;
};

/// One camera or microphone of one peer.
struct Source {
    int id;
    Peer *peer;
    bool video;
    std::vector<Format> formats;
    std::uint32_t reporter; // our name in reports to it
    int transport_wide;     // number of the header extension, 0 for none

    std::uint32_t ssrc = 0, retransmission_ssrc = 0; // 0: not heard yet
    Format const *format = nullptr;                  // of the newest packet
    std::vector<Sink *> sinks{};
    Kept kept{video ? 1024U : 128U};
    Reception reception{};
    Missing missing{};

    std::string recorded{};               // what the recorder is told of it; empty: not recorded
    std::optional<Codec> recording{};     // as the recorder knows it
    std::uint32_t key_pictures_asked = 0; // by the recorder

    bool key_wanted = false;
    Seconds key_asked = -10;
    Still still{};
    std::optional<KeyPicture> key_picture{};

    // what its clock says: from its own reports, else from when packets came
    std::uint32_t newest_time = 0;
    Ntp newest_arrived = 0;
    bool reported = false;
    Ntp reported_ntp = 0;
    std::uint32_t reported_time = 0;

    std::uint64_t told_cap = Way::kNoCap; // bits a second
    Seconds cap_told = -10;

    std::uint64_t octets = 0, frames = 0, recovered = 0, restarts = 0;
    std::uint64_t octets_told = 0; // a second ago
    double rate = 0;               // bits in the last second
    Carried carried{};
    Size size{};
    Seconds heard = -1;

    [[nodiscard]] unsigned clock() const { return format ? format->clock : formats.front().clock; }
};

/// What a viewer gets whose way carries less than the camera sends, and for whom the camera is not
/// held down: key pictures, bit by bit, so that sound passes between.
struct Trickle {
    bool on = false;
    bool begun = false;     // a key picture is on its way
    Seconds begun_at = 0;   // since when
    std::uint16_t next = 0; // number of its packet that goes next
    std::uint32_t time = 0; // of the picture
    double octets = 0;      // that may go now
    Seconds since = 0;      // when it was begun, or ended
    Seconds pause = kPause; // before all is tried again, doubled each time that was too early
    static constexpr Seconds kPause = 8, kLongestPause = 60;
};

/// What one peer gets of one source at a time. Its numbers and times go on growing when the
/// source behind it changes.
struct Sink {
    int id;
    Peer *peer;
    bool video;
    std::vector<Format> formats;
    std::uint32_t ssrc, retransmission_ssrc;
    int transport_wide; // number of the header extension, 0 for none
    std::uint16_t retransmission_sequence;

    Source *source = nullptr;
    bool open = false;              // its source has begun a picture that can be shown
    Format const *format = nullptr; // of ours, for the codec the source sends
    std::int64_t since_first = 0;   // numbers from the one it opened with to the newest
    std::uint16_t sequence_shift = 0;
    std::uint32_t time_shift = 0;

    bool ever = false;
    std::uint16_t newest = 0;
    std::uint32_t newest_time = 0;
    Seconds newest_sent = 0;
    std::uint32_t packets = 0, octets = 0;
    std::uint64_t resent = 0, refused = 0;
    double fraction_lost = 0;
    Budget resending{600, 300};
    Trickle trickle{};

    /// Whether something of its source has gone out: not if the viewer has no such codec.
    [[nodiscard]] bool shows() const { return open && format; }

    /// Whether a number is of what is shown now, and not from before it opened.
    [[nodiscard]] bool has(std::uint16_t number) const {
        return since_first + ahead(number, newest) >= 0;
    }
};

struct Peer {
    int id;
    Address address;
    std::vector<Address> admitted;
    void *receive = nullptr, *send = nullptr; // srtp_t, once the handshake is done
    std::vector<Source *> sources;
    std::vector<Sink *> sinks;
    std::string name;        // our half of its ICE name
    bool heeded = true;      // cameras are held to what its way carries
    std::uint32_t canonical; // its name in reports
    Arrivals arrivals;

    std::optional<Ntp> clock_offset; // ours less its own
    std::optional<Seconds> round_trip;
    Way way; // from us to it

    Seconds heard = -1;
    Budget incoming{2000, 1500}; // packets: eight times what the best camera sends
    Budget letters{50, 100};     // for Python
    Budget knocks{50, 100};      // checks that name it, from where nobody is known yet
    std::uint64_t flooded = 0, spoiled = 0;

    [[nodiscard]] bool connected() const { return send != nullptr; }

    /// Bits a second that its way carries of each picture it sees, beside the sound.
    [[nodiscard]] std::uint64_t carries_of_each() const;
};

} // namespace yunkan
