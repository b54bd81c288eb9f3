// Carries the packets of every call of a worker: one socket, one thread, no Python.
//
// Everything public may be called from any thread. Numbers of peers, sources and sinks are never
// used twice; an unknown one is ignored, because who it named may just have gone.
#pragma once

#include "checks.hpp"
#include "datagrams.hpp"
#include "inbox.hpp"
#include "rtcp.hpp"
#include "srtp.hpp"
#include "streams.hpp"
#include "tape.hpp"

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>

namespace yunkan {

/// What has this number, or null.
template <typename Map> auto *find(Map const &things, int id) {
    auto const found = things.find(id);
    return found == things.end() ? nullptr : found->second.get();
}

class Forwarder {
public:
    /// Throws std::system_error if the port is taken.
    Forwarder(std::uint16_t port, Srtp srtp);
    ~Forwarder();
    Forwarder(Forwarder const &) = delete;
    Forwarder &operator=(Forwarder const &) = delete;

    [[nodiscard]] Datagrams const &datagrams() const { return datagrams_; }
    Inbox &inbox() { return inbox_; }

    /// `name` is our half of its ICE name: a stranger's check is let through if it has one of ours.
    /// Cameras are held to what the way to who is `heeded` carries; others get what theirs carries
    /// of it.
    int add_peer(std::string name, bool heeded);

    /// A check or handshake of ours, which does not wait.
    void send(Address const &to, Octets letter);

    /// Let handshakes and media from this address through: it has passed an address check.
    void admit(int peer, Address const &address);

    /// The handshake is done: media goes to `address`, protected by these sessions, which nobody
    /// else may use until `remove_peer` has returned.
    void connect(int peer, Address const &address, void *receive, void *send);
    void move(int peer, Address const &address);
    void remove_peer(int peer);

    int add_source(int peer, bool video, std::vector<Format> formats, std::uint32_t ssrc,
                   std::uint32_t retransmission_ssrc, std::uint32_t reporter, int transport_wide);
    int add_sink(int peer, bool video, std::vector<Format> formats, std::uint32_t ssrc,
                 std::uint32_t retransmission_ssrc, int transport_wide);

    /// From now on the sink carries this source; 0: nothing.
    void feed(int sink, int source);

    void ask_key_picture(int source);

    /// Keep the next key picture for `take_still`; the inbox rings when it is there.
    void want_still(int source);
    std::optional<KeyPicture> take_still(int source);

    /// From now on what is recorded goes to the tape behind this descriptor. Once; throws what
    /// Tape does. `text` (JSON) says which worker this is.
    void record_on(int descriptor, std::string const &text);

    /// Record a source; `text` (JSON) says whose it is.
    void record(int source, std::string text);

    struct SourceCounts {
        std::uint64_t received, lost, recovered, octets, frames, restarts;
        double jitter; // seconds
        Size size;
        Seconds silent; // since the last packet, negative before the first
    };
    struct SinkCounts {
        std::uint64_t packets, octets, resent, refused;
        double fraction_lost;
        bool open, trickles;
    };
    struct PeerCounts {
        Seconds silent;
        std::optional<Seconds> round_trip;
        std::uint64_t carries, flooded, spoiled;
    };

    std::optional<SourceCounts> count_source(int source) const;
    std::optional<SinkCounts> count_sink(int sink) const;
    std::optional<PeerCounts> count_peer(int peer) const;

private:
    template <typename Thing> using Numbered = std::unordered_map<int, std::unique_ptr<Thing>>;

    void run();
    void take(Datagrams::Arrived const &arrived);
    void take_letter(Peer *peer, Datagrams::Arrived const &arrived);
    bool is_expected(Octets check);

    // media that arrives
    void take_media(Peer &peer, std::span<std::uint8_t> packet);
    void take_packet(Source &source, std::uint16_t sequence, std::uint32_t time, bool marker,
                     Octets payload, bool again);
    void restart(Source &source);
    void record(Source &source, std::uint16_t sequence, std::uint32_t time, bool marker,
                Octets payload);
    void end_recording(Source &source);
    void look_at_recording(Source &source);
    void watch_for_still(Source &source, std::uint16_t sequence, std::uint32_t time,
                         Octets payload);

    // media that leaves
    void forward(Source &source, Sink &sink, std::uint16_t sequence, std::uint32_t time,
                 bool marker, Octets payload, bool key);
    void open(Source const &source, Sink &sink, std::uint16_t sequence, std::uint32_t time);
    void write_media(Sink &sink, Format const &format, std::uint16_t sequence, std::uint32_t time,
                     bool marker, Octets payload, bool again);
    void send_on(Sink &sink, std::uint16_t number, std::uint32_t time, bool marker, Octets payload);
    void send_again(Sink &sink, std::uint16_t number);
    void choose_trickle(Sink &sink);
    void begin_to_carry(Source &source, std::uint32_t time);
    void begin_to_trickle(Source &source, Sink &sink, std::uint16_t sequence, std::uint32_t time);
    void trickle(Sink &sink, Seconds passed);

    // control
    void take_control(Peer &peer, std::span<std::uint8_t> packet);
    void take_block(Peer &peer, ReportBlock const &block);
    void ask_again(Source &source);
    void ask_key_picture(Source &source);
    void cap(Source &source);
    void repeat_cap(Source &source, Report &report);
    void tell_arrivals(Peer &peer);
    void report(Peer &peer);
    void write_control(Peer &peer, Octets packet);
    void look_around(Seconds passed);

    void detach(Sink &sink);

    static Peer *owner(std::unordered_map<Address, Peer *, AddressHash> const &addresses,
                       Address const &address);

    Srtp const srtp_;
    Datagrams datagrams_;
    Inbox inbox_;
    std::atomic<bool> stopping_ = false;

    mutable std::mutex lock_; // everything below
    Moment now_ = Moment::now();
    Seconds looked_ = 0;
    std::int64_t slice_ = 0;
    int next_ = 1;
    Numbered<Peer> peers_;
    Numbered<Source> sources_;
    Numbered<Sink> sinks_;
    std::unordered_map<Address, Peer *, AddressHash> addresses_;
    std::unique_ptr<Tape> tape_;
    std::map<std::string, Peer *, std::less<>> names_;
    Asked asked_;

    std::thread thread_; // last: it uses all of the above
};

} // namespace yunkan
