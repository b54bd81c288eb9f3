#include "forwarder.hpp"

#include <algorithm>
#include <array>
#include <pthread.h>
#include <random>
#include <sys/prctl.h>

namespace yunkan {

namespace {

/// Seconds between two looks at what is late, and slices of a second in which reports are spread.
constexpr Seconds kLook = 0.02;
constexpr int kSlices = 50;

/// Seconds between two requests for a key picture: each costs the sender ten ordinary ones.
constexpr Seconds kKeyPause = 0.5;

/// Bits a second. No camera is told to send less: below it there is no picture worth sending.
constexpr std::uint64_t kLeastVideo = 100'000;

/// Seconds for which it is repeated that a camera may send all it wants, and before it is told so.
constexpr Seconds kCapRepeats = 5;
constexpr Seconds kCapPause = 0.5;

/// Seconds between key pictures of what is recorded.
constexpr Seconds kSegment = 8;

constexpr int kLargestExtension = 14;

constexpr std::size_t kMostAddresses = 8;

constexpr std::size_t kShortest = 12; // bytes of anything we read: a header of RTP

template <typename Map> auto *find(Map const &things, int id) {
    auto const found = things.find(id);
    return found == things.end() ? nullptr : found->second.get();
}

Octets octets_of(std::string const &text) {
    return {reinterpret_cast<std::uint8_t const *>(text.data()), text.size()};
}

std::uint32_t random32() {
    static thread_local std::random_device device;
    return device();
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
    slice_ = (slice_ + 1) % kSlices;
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
        if (id % kSlices == slice_)
            report(*peer);
    }
}

// --- media that arrives ---------------------------------------------------------------------

void Forwarder::take_media(Peer &peer, std::span<std::uint8_t> packet) {
    int const payload_type = packet[1] & 0x7f;
    Source *source = nullptr;
    Format const *format = nullptr;
    for (auto *each : peer.sources)
        for (auto const &one : each->formats)
            if (one.payload_type == payload_type || one.retransmitted == payload_type) {
                source = each;
                format = &one;
            }
    if (!source)
        return;
    int length = static_cast<int>(packet.size());
    if (srtp_.unprotect(peer.receive, packet.data(), &length) != 0) {
        ++peer.spoiled;
        return;
    }
    peer.heard = now_.seconds;
    auto const read = read_rtp(packet.first(static_cast<std::size_t>(length)));
    if (!read)
        return;
    if (source->transport_wide)
        if (auto const number = read->extension(source->transport_wide); number.size() == 2)
            peer.arrivals.arrived(read16(number.data()), now_.seconds);

    bool const again = payload_type == format->retransmitted;
    if (again) {
        source->retransmission_ssrc = read->ssrc;
        // what is sent only to find out how much the way carries has no payload
        if (read->payload.size() < 2 || !source->format)
            return;
        take_packet(*source, read16(read->payload.data()), read->time, read->marker,
                    read->payload.subspan(2), true);
        return;
    }
    if (source->format && (read->ssrc != source->ssrc || format != source->format))
        restart(*source);
    source->ssrc = read->ssrc;
    source->format = format;
    take_packet(*source, read->sequence, read->time, read->marker, read->payload, false);
}

/// The peer sends another stream from now on: another camera, another codec.
void Forwarder::restart(Source &source) {
    source.kept.forget();
    source.missing.forget();
    source.reception = {};
    source.still.begun = false;
    source.carried = {};
    source.reported = false;
    ++source.restarts;
    for (auto *sink : source.sinks)
        sink->open = sink->trickle.begun = false;
    source.key_wanted = source.video;
}

void Forwarder::take_packet(Source &source, std::uint16_t sequence, std::uint32_t time, bool marker,
                            Octets payload, bool again) {
    if (payload.size() > kLongestPayload)
        return;
    if (auto const *known = source.kept.find(sequence); known && known->time == time)
        return;
    if (again) {
        if (!source.missing.came(sequence))
            return; // not asked for, or come meanwhile
        ++source.recovered;
    } else {
        auto const jumped = source.reception.arrived(sequence, time, now_.seconds, source.clock());
        if (jumped < 0) {
            source.missing.came(sequence);
        } else {
            source.newest_time = time;
            source.newest_arrived = now_.ntp;
            if (jumped > 0 && source.video) {
                auto const from = static_cast<std::uint16_t>(sequence - jumped);
                if (source.missing.jumped_over(from, jumped, now_.seconds))
                    ask_again(source);
                else
                    source.key_wanted = true;
            }
        }
    }
    source.heard = now_.seconds;
    source.octets += payload.size();
    source.frames += marker ? 1 : 0;
    source.kept.keep(sequence, time, marker, payload);

    bool const key = !source.video || starts_key_picture(source.format->codec, payload);
    if (key && source.video)
        if (auto const size = stated_size(source.format->codec, payload))
            source.size = *size;
    if (source.still.wanted)
        watch_for_still(source, sequence, time, payload);
    if (key && source.video) // but not for a still that was wanted too late for this one
        source.key_wanted = source.still.wanted && !source.still.begun;
    if (!source.recorded.empty())
        record(source, sequence, time, marker, payload);
    if (key && source.video)
        begin_to_carry(source, time);
    if (source.carried.packets && time == source.carried.time)
        source.carried.packets->keep(sequence, time, marker, payload);
    for (auto *sink : source.sinks)
        forward(source, *sink, sequence, time, marker, payload, key);
}

void Forwarder::watch_for_still(Source &source, std::uint16_t sequence, std::uint32_t time,
                                Octets payload) {
    auto &still = source.still;
    auto const codec = source.format->codec;
    // An H264 picture is no use without the parameters before it, which state the size.
    if (starts_key_picture(codec, payload) && stated_size(codec, payload)) {
        auto const later = static_cast<std::int32_t>(time - still.time);
        if (!still.begun || later > 0) // in place of one that stayed incomplete
            still = {true, true, sequence, time};
        else if (later == 0 && ahead(sequence, still.first) < 0)
            still.first = sequence;
    }
    if (!still.begun || time != still.time)
        return;
    auto last = still.first; // it may have come before the first
    for (;; ++last) {
        auto const *packet = source.kept.find(last);
        if (!packet || packet->time != time)
            return; // not all of it has come
        if (packet->marker)
            break;
    }
    KeyPicture picture{codec, source.size, 0, {}};
    for (auto number = still.first;; ++number) {
        append_encoded(codec, source.kept.payload(*source.kept.find(number)), picture.encoded);
        if (number == last)
            break;
    }
    picture.arrived = static_cast<double>(since_1970(now_.ntp)) / 1e6;
    source.key_picture = std::move(picture);
    still = {};
    inbox_.ring();
}

// --- recording ------------------------------------------------------------------------------

void Forwarder::record_on(int descriptor, std::string const &text) {
    auto tape = std::make_unique<Tape>(descriptor);
    std::lock_guard const hold(lock_);
    tape_ = std::move(tape);
    Strip head{.kind = StripKind::kWorkerBegins};
    head.arrived = since_1970(Moment::now().ntp);
    tape_->write(head, octets_of(text));
}

void Forwarder::record(int id, std::string text) {
    std::lock_guard const hold(lock_);
    auto *source = find(sources_, id);
    if (!source || !tape_ || source->recorded == text)
        return;
    end_recording(*source);
    source->recorded = std::move(text);
    source->key_wanted = source->video;
}

void Forwarder::record(Source &source, std::uint16_t sequence, std::uint32_t time, bool marker,
                       Octets payload) {
    auto const codec = source.format->codec;
    Strip head{
        StripKind::kPacket,  codec, marker, sequence, static_cast<std::uint32_t>(source.id), time,
        since_1970(now_.ntp)};
    if (source.recording != codec) {
        auto const text = source.recorded;
        end_recording(source);
        source.recorded = text;
        auto begins = head;
        begins.kind = StripKind::kSourceBegins;
        if (!tape_->write(begins, octets_of(text)))
            return; // no room for it now: again with the next packet
        source.recording = codec;
        source.key_pictures_asked = tape_->key_pictures_asked(head.source);
    }
    tape_->write(head, payload);
}

void Forwarder::end_recording(Source &source) {
    source.recorded.clear();
    if (!source.recording)
        return;
    Strip head{.kind = StripKind::kSourceEnds};
    head.codec = *source.recording;
    head.source = static_cast<std::uint32_t>(source.id);
    head.arrived = since_1970(now_.ntp);
    tape_->write(head, {});
    source.recording.reset();
}

/// A recording is cut into segments at key pictures, which no camera sends by itself.
void Forwarder::look_at_recording(Source &source) {
    auto const asked = tape_->key_pictures_asked(static_cast<std::uint32_t>(source.id));
    if (asked != source.key_pictures_asked || now_.seconds - source.key_asked > kSegment)
        source.key_wanted = true;
    source.key_pictures_asked = asked;
}

// --- control --------------------------------------------------------------------------------

void Forwarder::take_control(Peer &peer, std::span<std::uint8_t> packet) {
    int length = static_cast<int>(packet.size());
    if (srtp_.unprotect_rtcp(peer.receive, packet.data(), &length) != 0) {
        ++peer.spoiled;
        return;
    }
    peer.heard = now_.seconds;
    Octets compound = packet.first(static_cast<std::size_t>(length));
    while (auto const part = next_packet(compound)) {
        auto const &octets = part->octets;
        if (part->type == kSenderReport && octets.size() >= 28) {
            for (auto *source : peer.sources)
                if (source->ssrc == part->sender()) {
                    auto const ntp = read64(&octets[8]);
                    source->reception.sender_reported(ntp, now_.seconds);
                    source->reported = true;
                    source->reported_ntp = ntp;
                    source->reported_time = read32(&octets[16]);
                    // The least delay seen is the best guess; it follows a clock that drifts.
                    auto const offset = now_.ntp - ntp;
                    auto const later = peer.clock_offset
                                           ? static_cast<std::int64_t>(offset - *peer.clock_offset)
                                           : -1;
                    peer.clock_offset =
                        later < 0 ? offset
                                  : *peer.clock_offset + static_cast<std::uint64_t>(later / 64);
                }
        }
        if (part->type == kSenderReport || part->type == kReceiverReport)
            each_block(*part, [&](ReportBlock const &block) { take_block(peer, block); });
        else if (part->type == kPayloadFeedback && part->format != kApplication)
            each_stream_asked(*part, [&](std::uint32_t ssrc) {
                for (auto *sink : peer.sinks) // who gets nothing else need not ask
                    if (sink->ssrc == ssrc && sink->source && !sink->trickle.on)
                        ask_key_picture(*sink->source);
            });
        else if (part->type == kTransportFeedback && part->format == kNack && octets.size() >= 16)
            for (auto *sink : peer.sinks) {
                if (sink->ssrc == read32(&octets[8]))
                    each_number_asked(*part,
                                      [&](std::uint16_t number) { send_again(*sink, number); });
            }
        else if (part->type == kTransportFeedback && part->format == kTransportWide) {
            peer.way.told(*part, now_.seconds);
            for (auto *sink : peer.sinks)
                if (sink->video && sink->source) {
                    if (peer.heeded)
                        cap(*sink->source);
                    else
                        choose_trickle(*sink);
                }
        }
    }
}

void Forwarder::take_block(Peer &peer, ReportBlock const &block) {
    for (auto *sink : peer.sinks)
        if (sink->ssrc == block.ssrc) {
            sink->fraction_lost = block.fraction_lost / 256.0;
            if (!block.last_report)
                continue;
            auto const ticks =
                static_cast<std::int32_t>(compact(now_.ntp) - block.last_report - block.delay);
            auto const seconds = std::max(0.0, ticks / 65536.0);
            if (seconds < 10) // longer is a clock that was set
                peer.round_trip =
                    peer.round_trip ? 0.75 * *peer.round_trip + 0.25 * seconds : seconds;
        }
}

void Forwarder::ask_again(Source &source) {
    auto const wait = std::clamp(source.peer->round_trip.value_or(0.05) * 1.2, 0.02, 0.25);
    bool gave_up = false;
    auto const &numbers = source.missing.due(now_.seconds, wait, gave_up);
    if (gave_up)
        source.key_wanted = true;
    if (numbers.empty())
        return;
    Report report;
    report.nack(source.reporter, source.ssrc, numbers);
    write_control(*source.peer, report.octets());
}

void Forwarder::ask_key_picture(int id) {
    std::lock_guard const hold(lock_);
    if (auto *source = find(sources_, id))
        source->key_wanted = true; // asked for at the next look
}

void Forwarder::ask_key_picture(Source &source) {
    source.key_wanted = true;
    if (!source.ssrc || !source.peer->connected() || now_.seconds - source.key_asked < kKeyPause)
        return;
    source.key_wanted = false;
    source.key_asked = now_.seconds;
    Report report;
    report.key_picture_request(source.reporter, source.ssrc);
    write_control(*source.peer, report.octets());
}

/// Tell a camera how much its weakest viewer can take, shared among all that this viewer sees.
void Forwarder::cap(Source &source) {
    if (!source.ssrc || !source.peer->connected())
        return;
    auto least = Way::kNoCap;
    for (auto const *sink : source.sinks)
        if (sink->peer->heeded)
            least = std::min(least, sink->peer->carries_of_each());
    least = std::max(least, kLeastVideo);
    bool const less = least * 100 < source.told_cap * 97;
    bool const more = least > source.told_cap && now_.seconds - source.cap_told >= kCapPause;
    if (!less && !more)
        return;
    source.told_cap = least;
    source.cap_told = now_.seconds;
    Report report;
    report.bitrate(source.reporter, source.ssrc, least + kSound);
    write_control(*source.peer, report.octets());
}

/// Whoever capped the camera may have left; and what was said last may not have arrived.
void Forwarder::repeat_cap(Source &source, Report &report) {
    cap(source);
    if (source.told_cap != Way::kNoCap || now_.seconds - source.cap_told < kCapRepeats)
        report.bitrate(source.reporter, source.ssrc, source.told_cap + kSound);
}

void Forwarder::tell_arrivals(Peer &peer) {
    Source const *video = nullptr;
    for (auto const *source : peer.sources)
        if (!video || source->video)
            video = source;
    if (!video)
        return;
    while (true) {
        Report report;
        report.keep(peer.arrivals.write(report.rest(), video->reporter, video->ssrc, now_.seconds));
        if (report.empty())
            return;
        write_control(peer, report.octets());
    }
}

/// Once a second, also to who neither sends nor sees anything: silence means a broken link.
void Forwarder::report(Peer &peer) {
    Report report;
    std::uint32_t named = 0;
    for (auto const *sink : peer.sinks) {
        named = sink->ssrc;
        if (!sink->shows())
            continue; // its clock is known from the first packet on
        auto const &source = *sink->source;
        // What its clock shows now: by its own reports, which keep sound and picture together.
        bool const known = source.reported && source.peer->clock_offset;
        auto const passed =
            known ? between(source.reported_ntp + *source.peer->clock_offset, now_.ntp)
                  : between(source.newest_arrived, now_.ntp);
        auto const time =
            (known ? source.reported_time : source.newest_time) +
            static_cast<std::uint32_t>(static_cast<std::int64_t>(passed * source.clock()));
        report.sender_report(sink->ssrc, now_.ntp, time + sink->time_shift, sink->packets,
                             sink->octets);
        report.description(sink->ssrc, peer.canonical);
    }
    for (auto *source : peer.sources) {
        named = source->reporter;
        if (source->heard >= 0) {
            source->rate = 8.0 * static_cast<double>(source->octets - source->octets_told);
            source->octets_told = source->octets;
            std::array const block{source->reception.report(source->ssrc, now_.seconds)};
            report.receiver_report(source->reporter, block);
            if (source->video) // one that was lost would be obeyed for ever
                repeat_cap(*source, report);
        }
    }
    if (report.empty()) {
        report.receiver_report(named, {});
        report.description(named, peer.canonical);
    }
    write_control(peer, report.octets());
}

void Forwarder::write_control(Peer &peer, Octets packet) {
    if (!peer.connected())
        return;
    auto *draft = datagrams_.draft();
    std::copy(packet.begin(), packet.end(), draft);
    int length = static_cast<int>(packet.size());
    if (srtp_.protect_rtcp(peer.send, draft, &length) == 0)
        datagrams_.post(peer.address, static_cast<std::size_t>(length));
}

// --- what is asked of it --------------------------------------------------------------------

void Forwarder::want_still(int id) {
    std::lock_guard const hold(lock_);
    if (auto *source = find(sources_, id); source && source->video) {
        source->still.wanted = true;
        source->key_wanted = true;
    }
}

std::optional<KeyPicture> Forwarder::take_still(int id) {
    std::lock_guard const hold(lock_);
    auto *source = find(sources_, id);
    if (!source)
        return std::nullopt;
    std::optional<KeyPicture> taken;
    taken.swap(source->key_picture);
    return taken;
}

std::optional<Forwarder::SourceCounts> Forwarder::count_source(int id) const {
    std::lock_guard const hold(lock_);
    auto const *source = find(sources_, id);
    if (!source)
        return std::nullopt;
    auto const &reception = source->reception;
    return SourceCounts{reception.received(),
                        reception.lost(),
                        source->recovered,
                        source->octets,
                        source->frames,
                        source->restarts,
                        reception.jitter() / source->clock(),
                        source->size,
                        source->heard < 0 ? -1 : Moment::now().seconds - source->heard};
}

std::optional<Forwarder::SinkCounts> Forwarder::count_sink(int id) const {
    std::lock_guard const hold(lock_);
    auto const *sink = find(sinks_, id);
    if (!sink)
        return std::nullopt;
    return SinkCounts{sink->packets,       sink->octets,  sink->resent,    sink->refused,
                      sink->fraction_lost, sink->shows(), sink->trickle.on};
}

std::optional<Forwarder::PeerCounts> Forwarder::count_peer(int id) const {
    std::lock_guard const hold(lock_);
    auto const *peer = find(peers_, id);
    if (!peer)
        return std::nullopt;
    return PeerCounts{peer->heard < 0 ? -1 : Moment::now().seconds - peer->heard, peer->round_trip,
                      peer->way.cap() == Way::kNoCap ? 0 : peer->way.cap(), peer->flooded,
                      peer->spoiled};
}

} // namespace yunkan
