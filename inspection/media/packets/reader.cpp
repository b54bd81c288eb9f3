#include "reader.hpp"

#include <algorithm>
#include <utility>

namespace yunkan {

Reader::Reader(Tape &tape) : tape_(tape) { resume(); }

std::vector<Found> Reader::drain(std::int64_t now, std::size_t most) {
    auto found = std::exchange(resumed_, {});
    Strip head;
    std::vector<std::uint8_t> payload;
    std::size_t taken = 0;
    bool more = true;
    while (taken < most && (more = tape_.read(head, payload))) {
        taken += payload.size();
        if (head.kind != StripKind::kPacket) {
            follow(head, {payload.begin(), payload.end()}, found);
            continue;
        }
        auto const source = sources_.find(head.source);
        if (source == sources_.end()) {
            ++unknown_;
            continue;
        }
        auto &assembler = source->second.assembler;
        assembler.add({head.sequence, head.time, head.marker, head.arrived}, payload);
        collect(head.source, assembler, found);
    }
    if (!more) // all that arrived has been seen, so what is missing now is late
        for (auto &[number, source] : sources_) {
            source.assembler.wait_no_longer(now);
            collect(number, source.assembler, found);
        }
    return found;
}

void Reader::release() {
    if (changed_) {
        std::vector<std::uint8_t> legacy;
        for (auto const &[number, source] : sources_) {
            auto const at = legacy.size();
            legacy.resize(at + 7);
            write32(&legacy[at], number);
            legacy[at + 4] = static_cast<std::uint8_t>(source.codec);
            write16(&legacy[at + 5], static_cast<unsigned>(source.text.size()));
            legacy.insert(legacy.end(), source.text.begin(), source.text.end());
        }
        // First the sources, then the notes that made them: read twice, a note changes nothing.
        tape_.leave(Octets(legacy).first(std::min(legacy.size(), kLongestLegacy)));
        changed_ = false;
    }
    tape_.release();
}

void Reader::ask_key_pictures() const {
    for (auto const &[number, source] : sources_)
        if (source.assembler.wants_key_picture())
            tape_.ask_key_picture(number);
}

/// Take up the sources a predecessor left. What makes no sense ends the list.
void Reader::resume() {
    auto const legacy = tape_.left();
    std::size_t at = 0;
    while (legacy.size() - at >= 7 && sources_.size() < kMostSources) {
        auto const number = read32(&legacy[at]);
        auto const codec = legacy[at + 4];
        std::size_t const length = read16(&legacy[at + 5]);
        at += 7;
        if (codec > static_cast<std::uint8_t>(Codec::kH264) || length > legacy.size() - at)
            return;
        std::string text(legacy.begin() + static_cast<std::ptrdiff_t>(at),
                         legacy.begin() + static_cast<std::ptrdiff_t>(at + length));
        at += length;
        auto const known = static_cast<Codec>(codec);
        if (sources_.try_emplace(number, Source{known, text, FrameAssembler(known)}).second)
            resumed_.emplace_back(
                FoundNote{FoundNote::Kind::kSourceGoesOn, number, known, 0, std::move(text)});
    }
}

void Reader::follow(Strip const &head, std::string text, std::vector<Found> &found) {
    auto const note = [&](FoundNote::Kind kind) {
        found.emplace_back(FoundNote{kind, head.source, head.codec, head.arrived, text});
    };
    auto const source = sources_.find(head.source);
    switch (head.kind) {
    case StripKind::kPacket:
        return;
    case StripKind::kWorkerBegins:
        end_all(found);
        note(FoundNote::Kind::kWorkerBegins);
        break;
    case StripKind::kSourceBegins:
        if (source != sources_.end()) {
            if (source->second.codec == head.codec && source->second.text == text)
                return;                        // known from before a restart
            source->second.assembler.finish(); // its end found no room on the tape
            collect(head.source, source->second.assembler, found);
            sources_.erase(source);
        }
        if (sources_.size() >= kMostSources || text.size() > kLongestNote)
            return;
        sources_.try_emplace(head.source, Source{head.codec, text, FrameAssembler(head.codec)});
        note(FoundNote::Kind::kSourceBegins);
        break;
    case StripKind::kSourceEnds:
        if (source == sources_.end())
            return;
        source->second.assembler.finish();
        collect(head.source, source->second.assembler, found);
        sources_.erase(source);
        note(FoundNote::Kind::kSourceEnds);
        break;
    }
    changed_ = true;
}

void Reader::end_all(std::vector<Found> &found) {
    for (auto &[number, source] : sources_) {
        source.assembler.finish();
        collect(number, source.assembler, found);
    }
    sources_.clear();
}

void Reader::collect(std::uint32_t number, FrameAssembler &assembler, std::vector<Found> &found) {
    for (auto &ready : assembler.take()) {
        if (ready.gap)
            found.emplace_back(FoundGap{number, *ready.gap});
        if (ready.frame)
            found.emplace_back(FoundFrame{number, std::move(*ready.frame)});
    }
}

} // namespace yunkan
