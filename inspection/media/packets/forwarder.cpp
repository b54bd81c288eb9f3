#include "forwarder.hpp"

#include <algorithm>
#include <pthread.h>
#include <random>
#include <sys/prctl.h>

namespace yunkan {

namespace {

/// Seconds between two looks at what is late, and slices of a second of as long, over which reports
/// are spread.
constexpr Seconds kLook = 0.02;
constexpr std::int64_t kSlices = 50;

constexpr int kLargestExtension = 14;

constexpr std::size_t kMostAddresses = 8;

constexpr std::size_t kShortest = 12; // bytes of anything we read: a header of RTP

std::uint32_t random32() {
    static thread_local std::random_device device;
    return device();
}

/// Before whatever computes on the same core: a turn of theirs takes some ms, which can be heard.
/// Who may not ask for it (sched(7): CAP_SYS_NICE, RLIMIT_RTPRIO) takes turns with the others.
/// Flooded, we leave them a twentieth of a core, and of several cores all but one.
void go_first() {
    sched_param const least{sched_get_priority_min(SCHED_RR)};
    if (std::thread::hardware_concurrency() > 1)
        pthread_setschedparam(pthread_self(), SCHED_RR, &least);
}

} // namespace

Forwarder::Forwarder(std::uint16_t port, Srtp srtp)
    : srtp_(srtp), datagrams_(port), thread_([this] { run(); }) {}

Forwarder::~Forwarder() {
    stopping_ = true;
    thread_.join();
}

// --- who is there ---------------------------------------------------------------------------

int Forwarder::add_peer(std::string name, bool heeded) {
    std::lock_guard const hold(lock_);
    auto peer = std::make_unique<Peer>();
    peer->id = next_++;
    peer->name = std::move(name);
    peer->heeded = heeded;
    peer->canonical = random32();
    auto const id = peer->id;
    names_.emplace(peer->name, peer.get());
    peers_.emplace(id, std::move(peer));
    return id;
}

void Forwarder::send(Address const &to, Octets letter) {
    if (is_check(letter) && asks(letter)) {
        std::lock_guard const hold(lock_);
        asked_.sent(letter);
    }
    datagrams_.send(to, letter);
}

void Forwarder::admit(int id, Address const &address) {
    std::lock_guard const hold(lock_);
    auto *peer = find(peers_, id);
    if (!peer)
        return;
    auto &admitted = peer->admitted;
    if (std::find(admitted.begin(), admitted.end(), address) != admitted.end())
        return;
    if (admitted.size() >= kMostAddresses) { // the oldest that is not in use
        auto const old = admitted[0] == peer->address ? admitted.begin() + 1 : admitted.begin();
        addresses_.erase(*old);
        admitted.erase(old);
    }
    if (auto *before = owner(addresses_, address)) // who had it is gone, or the check lied
        std::erase(before->admitted, address);
    admitted.push_back(address);
    addresses_[address] = peer;
}

void Forwarder::connect(int id, Address const &address, void *receive, void *send) {
    admit(id, address);
    std::lock_guard const hold(lock_);
    if (auto *peer = find(peers_, id)) {
        peer->address = address;
        peer->receive = receive;
        peer->send = send;
        for (auto *sink : peer->sinks)
            if (sink->source)
                sink->source->key_wanted = true;
    }
}

void Forwarder::move(int id, Address const &address) {
    admit(id, address);
    std::lock_guard const hold(lock_);
    if (auto *peer = find(peers_, id))
        peer->address = address;
}

void Forwarder::remove_peer(int id) {
    std::lock_guard const hold(lock_);
    auto *peer = find(peers_, id);
    if (!peer)
        return;
    for (auto *source : peer->sources) {
        end_recording(*source);
        for (auto *sink : source->sinks) {
            sink->source = nullptr;
            sink->open = sink->trickle.begun = false;
        }
        sources_.erase(source->id);
    }
    for (auto *sink : peer->sinks) {
        detach(*sink);
        sinks_.erase(sink->id);
    }
    for (auto const &address : peer->admitted)
        addresses_.erase(address);
    if (auto const named = names_.find(peer->name); named != names_.end() && named->second == peer)
        names_.erase(named);
    peers_.erase(id);
}

int Forwarder::add_source(int id, bool video, std::vector<Format> formats, std::uint32_t ssrc,
                          std::uint32_t retransmission_ssrc, std::uint32_t reporter,
                          int transport_wide) {
    std::lock_guard const hold(lock_);
    auto *peer = find(peers_, id);
    if (!peer || formats.empty())
        return 0;
    auto source = std::make_unique<Source>();
    *source = {next_++, peer, video, std::move(formats), reporter, transport_wide};
    source->ssrc = ssrc;
    source->retransmission_ssrc = retransmission_ssrc;
    peer->sources.push_back(source.get());
    auto const number = source->id;
    sources_.emplace(number, std::move(source));
    return number;
}

int Forwarder::add_sink(int id, bool video, std::vector<Format> formats, std::uint32_t ssrc,
                        std::uint32_t retransmission_ssrc, int transport_wide) {
    std::lock_guard const hold(lock_);
    auto *peer = find(peers_, id);
    if (!peer || formats.empty())
        return 0;
    auto sink = std::make_unique<Sink>();
    if (transport_wide > kLargestExtension)
        transport_wide = 0; // we write the short form only (RFC 8285 section 4.2)
    // Numbers begin in the lower half: a stream that wraps within its first packets confuses
    // SRTP's count of wraps when the first of them is lost.
    *sink = {next_++,        peer,
             video,          std::move(formats),
             ssrc,           retransmission_ssrc,
             transport_wide, static_cast<std::uint16_t>(random32() & 0x7fff)};
    sink->newest = static_cast<std::uint16_t>(random32() & 0x7fff);
    sink->newest_time = random32();
    peer->sinks.push_back(sink.get());
    auto const number = sink->id;
    sinks_.emplace(number, std::move(sink));
    return number;
}

void Forwarder::feed(int sink_id, int source_id) {
    std::lock_guard const hold(lock_);
    auto *sink = find(sinks_, sink_id);
    auto *source = find(sources_, source_id);
    if (!sink || sink->source == source)
        return;
    detach(*sink);
    if (source && source->video == sink->video) {
        sink->source = source;
        source->sinks.push_back(sink);
        source->key_wanted = source->video;
    }
}

void Forwarder::detach(Sink &sink) {
    if (sink.source)
        std::erase(sink.source->sinks, &sink);
    sink.source = nullptr;
    sink.open = sink.trickle.begun = false;
}

Peer *Forwarder::owner(std::unordered_map<Address, Peer *, AddressHash> const &addresses,
                       Address const &address) {
    auto const found = addresses.find(address);
    return found == addresses.end() ? nullptr : found->second;
}

// --- the thread -----------------------------------------------------------------------------

void Forwarder::run() {
    pthread_setname_np(pthread_self(), "packets");
    prctl(PR_SET_TIMERSLACK, 20'000UL); // wake when asked, not 50 µs later
    go_first();
    while (!stopping_) {
        auto const arrived = datagrams_.receive();
        std::lock_guard const hold(lock_);
        now_ = Moment::now();
        for (auto const &datagram : arrived)
            take(datagram);
        if (auto const passed = now_.seconds - looked_; passed >= kLook) {
            looked_ = now_.seconds;
            look_around(passed);
        }
        datagrams_.flush();
    }
}

/// What a datagram is, by its first byte (RFC 7983).
void Forwarder::take(Datagrams::Arrived const &arrived) {
    auto const data = arrived.data;
    if (data.size() < kShortest)
        return;
    auto *peer = owner(addresses_, arrived.from);
    if (data[0] < 64) {
        take_letter(peer, arrived);
    } else if (data[0] >= 128 && data[0] < 192 && peer && peer->connected()) {
        if (!peer->incoming.spend(now_.seconds)) {
            ++peer->flooded;
            return;
        }
        if (data[1] >= 192 && data[1] <= 223)
            take_control(*peer, data);
        else
            take_media(*peer, data);
    }
}

void Forwarder::take_letter(Peer *peer, Datagrams::Arrived const &arrived) {
    auto const data = arrived.data;
    if (peer) {
        bool const handshake = data[0] >= 20; // DTLS, once admitted
        if ((handshake || is_check(data)) && peer->letters.spend(now_.seconds)) {
            peer->heard = now_.seconds;
            inbox_.put(peer->id, arrived.from, data);
        }
    } else if (is_check(data) && is_expected(data)) {
        inbox_.put(0, arrived.from, data);
    }
}

/// Whether a stranger's check names one of us, who is not asked too often, or answers one of ours.
bool Forwarder::is_expected(Octets check) {
    if (!asks(check))
        return asked_.answers(check);
    auto const named = names_.find(asked_for(check));
    return named != names_.end() && named->second->knocks.spend(now_.seconds);
}

void Forwarder::look_around(Seconds passed) {
    auto const slice = static_cast<std::int64_t>(now_.seconds / kLook);
    auto const begun = std::min(slice - slice_, kSlices); // since the look before
    slice_ = slice;
    for (auto const &[id, source] : sources_) {
        if (!source->missing.empty())
            ask_again(*source);
        if (source->recording && source->video)
            look_at_recording(*source);
        for (auto *sink : source->sinks)
            if (sink->trickle.on)
                trickle(*sink, passed);
        if (source->key_wanted)
            ask_key_picture(*source);
    }
    for (auto const &[id, peer] : peers_) {
        if (!peer->connected())
            continue;
        if (peer->arrivals.due(now_.seconds))
            tell_arrivals(*peer);
        if ((slice - id % kSlices) % kSlices < begun)
            report(*peer);
    }
}

} // namespace yunkan
