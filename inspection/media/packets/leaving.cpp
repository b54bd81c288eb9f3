// How what a source sends goes out to its sinks.
#include "forwarder.hpp"

#include <algorithm>

namespace yunkan {

namespace {

constexpr std::size_t kHeader = 12, kExtension = 8;
/// Seconds between the key pictures of who gets nothing else.
constexpr Seconds kKeyEvery = 5;

/// Of what a way carries, what such pictures take; and how much more than what a camera sends it
/// must carry before all is tried again.
constexpr double kTricklePart = 0.7, kAmple = 1.15;

static_assert(kHeader + kExtension + 2 + kLongestPayload + Srtp::kTrailer <= kLongestDatagram);

} // namespace

void Forwarder::forward(Source &source, Sink &sink, std::uint16_t sequence, std::uint32_t time,
                        bool marker, Octets payload, bool key) {
    if (!sink.peer->connected())
        return;
    if (sink.trickle.on) {
        if (key && time != sink.trickle.time)
            begin_to_trickle(source, sink, sequence, time);
        return;
    }
    if (!sink.open) {
        if (!key) {
            source.key_wanted = true;
            return;
        }
        open(source, sink, sequence, time);
    }
    send_on(sink, static_cast<std::uint16_t>(sequence + sink.sequence_shift),
            time + sink.time_shift, marker, payload);
}

/// Number and time are already the sink's.
void Forwarder::send_on(Sink &sink, std::uint16_t number, std::uint32_t time, bool marker,
                        Octets payload) {
    if (!sink.format || !sink.has(number))
        return;
    if (auto const step = ahead(number, sink.newest); step > 0) {
        sink.since_first += step;
        sink.newest = number;
        sink.newest_time = time;
        sink.newest_sent = now_.seconds;
    }
    sink.ever = true;
    write_media(sink, *sink.format, number, time, marker, payload, false);
}

/// Go on where the sink stopped: with the next number, and a time later by what has passed since.
void Forwarder::open(Source const &source, Sink &sink, std::uint16_t sequence, std::uint32_t time) {
    sink.open = true;
    sink.since_first = -1; // the first is the next
    auto const same = std::find_if(sink.formats.begin(), sink.formats.end(), [&](auto const &one) {
        return one.codec == source.format->codec;
    });
    sink.format = same == sink.formats.end() ? nullptr : &*same;
    auto const passed = sink.ever ? now_.seconds - sink.newest_sent : 0.0;
    auto const ticks = static_cast<std::uint32_t>(std::max(0.02, passed) * source.clock());
    sink.sequence_shift = static_cast<std::uint16_t>(sink.newest + 1 - sequence);
    sink.time_shift = sink.newest_time + ticks - time;
}

void Forwarder::write_media(Sink &sink, Format const &format, std::uint16_t sequence,
                            std::uint32_t time, bool marker, Octets payload, bool again) {
    bool const wrapped = again && format.retransmitted >= 0;
    auto *packet = datagrams_.draft();
    packet[0] = 0x80;
    packet[1] = static_cast<std::uint8_t>((marker ? 0x80 : 0) |
                                          (wrapped ? format.retransmitted : format.payload_type));
    write16(packet + 2, wrapped ? sink.retransmission_sequence++ : sequence);
    write32(packet + 4, time);
    write32(packet + 8, wrapped ? sink.retransmission_ssrc : sink.ssrc);
    std::size_t length = kHeader;
    if (sink.transport_wide) { // by which the viewer tells when each packet came
        auto const number = sink.peer->way.sent(kHeader + payload.size(), now_.seconds);
        packet[0] |= 0x10;
        write32(packet + 12, 0xbede0001);
        packet[16] = static_cast<std::uint8_t>(sink.transport_wide << 4 | 1);
        write16(packet + 17, number);
        packet[19] = 0;
        length += kExtension;
    }
    if (wrapped) {
        write16(packet + length, sequence);
        length += 2;
    }
    std::copy(payload.begin(), payload.end(), packet + length);
    int protected_length = static_cast<int>(length + payload.size());
    if (srtp_.protect(sink.peer->send, packet, &protected_length) != 0) {
        ++sink.peer->spoiled;
        return;
    }
    datagrams_.post(sink.peer->address, static_cast<std::size_t>(protected_length));
    ++sink.packets;
    sink.octets += static_cast<std::uint32_t>(payload.size());
}

void Forwarder::send_again(Sink &sink, std::uint16_t number) {
    if (!sink.source || !sink.shows())
        return;
    auto const sequence = static_cast<std::uint16_t>(number - sink.sequence_shift);
    auto const *packet = sink.source->kept.find(sequence);
    if (!packet || !sink.has(number))
        return;
    if (!sink.resending.spend(now_.seconds)) {
        ++sink.refused;
        return;
    }
    ++sink.resent;
    write_media(sink, *sink.format, number, packet->time + sink.time_shift, packet->marker,
                sink.source->kept.payload(*packet), true);
}

// --- who gets key pictures only -------------------------------------------------------------

/// Whether a viewer for whom cameras are not held down gets everything, or key pictures bit by bit.
void Forwarder::choose_trickle(Sink &sink) {
    auto &trickle = sink.trickle;
    auto const carries = static_cast<double>(sink.peer->carries_of_each());
    auto const lasted = now_.seconds - trickle.since;
    if (!trickle.on && carries < sink.source->rate) {
        auto const pause = lasted < Trickle::kPause
                               ? std::min(2 * trickle.pause, Trickle::kLongestPause)
                               : Trickle::kPause;
        trickle = {.on = true,
                   .time = sink.newest_time - sink.time_shift,
                   .since = now_.seconds,
                   .pause = pause};
    } else if (trickle.on && carries > kAmple * sink.source->rate && lasted > trickle.pause) {
        trickle = {.since = now_.seconds, .pause = trickle.pause};
        sink.open = false; // goes on with a key picture
        sink.source->key_wanted = true;
    }
}

/// A key picture begins: keep it for those who get it bit by bit, unless an earlier one is still on
/// its way to somebody.
void Forwarder::begin_to_carry(Source &source, std::uint32_t time) {
    auto &carried = source.carried;
    auto const trickles = [](Sink const *sink) { return sink->trickle.on; };
    auto const begun = [](Sink const *sink) { return sink->trickle.on && sink->trickle.begun; };
    if (std::ranges::none_of(source.sinks, trickles)) {
        carried = {};
        return;
    }
    if (carried.packets && (time == carried.time || std::ranges::any_of(source.sinks, begun)))
        return;
    carried.packets = std::make_unique<Kept>(Carried::kMost);
    carried.time = time;
}

void Forwarder::begin_to_trickle(Source &source, Sink &sink, std::uint16_t sequence,
                                 std::uint32_t time) {
    if (sink.trickle.begun || time != source.carried.time || !source.carried.packets)
        return; // the one before is still on its way, to this one or another
    open(source, sink, sequence, time);
    sink.trickle.begun = true;
    sink.trickle.begun_at = now_.seconds;
    sink.trickle.next = sequence;
    sink.trickle.time = time;
}

/// Send what fits of the key picture that is on its way; ask for the next when it is time.
void Forwarder::trickle(Sink &sink, Seconds passed) {
    auto &trickle = sink.trickle;
    auto &source = *sink.source;
    auto const pace = kTricklePart * static_cast<double>(sink.peer->carries_of_each()) / 8;
    trickle.octets = std::min(trickle.octets + pace * passed, double{2 * kLongestPayload});
    if (!trickle.begun) {
        if (now_.seconds - source.key_asked > kKeyEvery)
            source.key_wanted = true;
        return;
    }
    while (trickle.octets > 0) {
        auto const *packet =
            source.carried.packets ? source.carried.packets->find(trickle.next) : nullptr;
        if (!packet || packet->time != trickle.time) { // lost, or not here yet
            trickle.begun = now_.seconds - trickle.begun_at <= kKeyEvery;
            return;
        }
        trickle.octets -= packet->length;
        send_on(sink, static_cast<std::uint16_t>(trickle.next + sink.sequence_shift),
                packet->time + sink.time_shift, packet->marker,
                source.carried.packets->payload(*packet));
        ++trickle.next;
        if (packet->marker) {
            trickle.begun = false;
            return;
        }
    }
}

} // namespace yunkan
