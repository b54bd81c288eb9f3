// How much the way to a viewer carries, judged by what it tells of when our packets arrived.
//
// A queue that builds up on the way shows as arrivals that fall further and further behind: the
// delay-based half of Google's congestion control (draft-ietf-rmcat-gcc-02, with the trend of
// libwebrtc in place of its Kalman filter: Carlucci et al., "Congestion Control for Web Real-Time
// Communication", IEEE/ACM Transactions on Networking 25(5), 2017), and heavy loss as its other
// half. There is no cap until the way proves narrow, because a camera that sends little for want
// of anything to show must not be held to that.
#pragma once

#include "clock.hpp"
#include "rtcp.hpp"

#include <array>
#include <cstdint>
#include <deque>

namespace yunkan {

class Way {
public:
    /// Bits a second, more than any camera here sends.
    static constexpr std::uint64_t kNoCap = 10'000'000;

    /// A packet leaves: the number it carries.
    std::uint16_t sent(std::size_t octets, Seconds now);

    /// The viewer tells of arrivals (transport-wide feedback).
    void told(ControlPacket const &feedback, Seconds now);

    /// Bits a second that should be sent at most.
    [[nodiscard]] std::uint64_t cap() const { return static_cast<std::uint64_t>(cap_); }

private:
    struct Packet {
        std::uint16_t number;
        bool waiting; // not told of yet
        std::uint32_t octets;
        Seconds sent;
    };
    struct Burst { // packets that left together: their own spacing says nothing of the way
        Seconds first_sent, last_sent, arrived;
    };

    void arrived(Packet const &packet, Seconds at);
    void begin_anew();
    void compare(Seconds sent_apart, Seconds arrived_apart, Seconds arrived);
    [[nodiscard]] double slope() const;
    void judge(double trend, Seconds sent_apart, Seconds now);
    void count_loss(int arrived, int lost, Seconds now);
    void lower(double factor, Seconds now);
    void raise(Seconds now);
    [[nodiscard]] double arriving() const; ///< bits a second

    std::array<Packet, 2048> packets_{};
    std::uint16_t next_ = 0;

    bool any_ = false;
    Burst burst_{}, before_{};
    int bursts_ = 0;

    double behind_ = 0, smooth_ = 0;             // milliseconds
    std::deque<std::pair<double, double>> line_; // arrival and delay, milliseconds
    double threshold_ = 12.5, trend_before_ = 0; // milliseconds
    Seconds judged_ = 0, over_ = -1;
    int overs_ = 0;
    bool filling_ = false; // the queue builds up

    std::deque<std::pair<Seconds, std::uint32_t>> window_; // of arrivals: when, octets
    int window_arrived_ = 0, window_lost_ = 0;
    Seconds loss_counted_ = 0;

    double cap_ = kNoCap;
    double knee_ = 0; // bits a second that proved too much, smoothed
    Seconds lowered_ = -10, raised_ = 0;
};

} // namespace yunkan
