// How media that arrives is taken in.
#include "forwarder.hpp"

namespace yunkan {

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

} // namespace yunkan
