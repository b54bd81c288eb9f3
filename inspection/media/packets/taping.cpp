// What is recorded goes on the tape.
#include "forwarder.hpp"

namespace yunkan {

namespace {

/// Seconds between key pictures of what is recorded.
constexpr Seconds kSegment = 8;

Octets octets_of(std::string const &text) {
    return {reinterpret_cast<std::uint8_t const *>(text.data()), text.size()};
}

} // namespace

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

} // namespace yunkan
