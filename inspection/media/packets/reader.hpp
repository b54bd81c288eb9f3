// Everything on a tape, source by source: frames, gaps, and the notes between them in their order.
#pragma once

#include "frames.hpp"
#include "tape.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

namespace yunkan {

/// What a reader found about one source; of a note `text` is the JSON that was written with it.
struct FoundFrame {
    std::uint32_t source;
    Frame frame;
};
struct FoundGap {
    std::uint32_t source;
    Gap gap;
};
struct FoundNote {
    enum class Kind : std::uint8_t { kWorkerBegins, kSourceBegins, kSourceGoesOn, kSourceEnds };

    Kind kind;
    std::uint32_t source;
    Codec codec;
    std::int64_t at; // microseconds since 1970
    std::string text;
};
using Found = std::variant<FoundFrame, FoundGap, FoundNote>;

/// Reads a tape. A reader of a tape that had one before finds the sources that were being recorded
/// as notes that they go on.
class Reader {
public:
    /// Sources at one time; packets of more are passed over.
    static constexpr std::size_t kMostSources = 256;

    explicit Reader(Tape &tape);

    /// What has come since the last call, up to about `most` bytes; there may be more if any came.
    /// `now` is microseconds since 1970.
    std::vector<Found> drain(std::int64_t now, std::size_t most);

    /// All that was drained is safe: a successor need not read it again.
    void release();

    /// Ask for a key picture of every source that shows nothing until one comes.
    void ask_key_pictures() const;

    /// Packets of sources that no note has told of.
    [[nodiscard]] std::uint64_t unknown() const { return unknown_; }

private:
    struct Source {
        Codec codec;
        std::string text;
        FrameAssembler assembler;
    };

    void resume();
    void follow(Strip const &head, std::string text, std::vector<Found> &found);
    void end_all(std::vector<Found> &found);
    static void collect(std::uint32_t number, FrameAssembler &assembler, std::vector<Found> &found);

    Tape &tape_;
    std::map<std::uint32_t, Source> sources_;
    std::vector<Found> resumed_;
    bool changed_ = false; // sources began or ended since the last release
    std::uint64_t unknown_ = 0;
};

} // namespace yunkan
