// What peers report, and what is reported to them and asked of them (RTCP).
#include "forwarder.hpp"

#include <algorithm>
#include <array>

namespace yunkan {

namespace {

/// Seconds between two requests for a key picture: each costs the sender ten ordinary ones.
constexpr Seconds kKeyPause = 0.5;

/// Bits a second. No camera is told to send less: below it there is no picture worth sending.
constexpr std::uint64_t kLeastVideo = 100'000;

/// Seconds for which it is repeated that a camera may send all it wants, and before it is told so.
constexpr Seconds kCapRepeats = 5;
constexpr Seconds kCapPause = 0.5;

} // namespace

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
    // what waits on the way is before it: asked for sooner, it would come twice
    auto const queue = static_cast<double>(source.reception.late()) / source.clock();
    auto const wait = std::clamp(source.peer->round_trip.value_or(0.05) * 1.2 + queue, 0.02, 0.5);
    std::optional<Seconds> gave_up;
    auto const &numbers = source.missing.due(now_.seconds, wait, gave_up);
    if (gave_up && *gave_up > source.key_asked) // else the one asked for serves
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

} // namespace yunkan
