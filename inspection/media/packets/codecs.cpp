#include "codecs.hpp"

#include <cctype>
#include <string>

namespace yunkan {

namespace {

// --- VP8 ---

/// Bytes of the payload descriptor (RFC 7741 section 4.2), or none if it is cut off.
std::optional<std::size_t> vp8_descriptor(Octets payload) {
    if (payload.empty())
        return std::nullopt;
    std::size_t at = 1;
    if (payload[0] & 0x80) { // X: extensions follow
        if (payload.size() < 2)
            return std::nullopt;
        auto const has = payload[1];
        at = 2;
        if (has & 0x80) { // I: a picture number of one or two bytes
            if (payload.size() <= at)
                return std::nullopt;
            at += payload[at] & 0x80 ? 2 : 1;
        }
        at += has & 0x40 ? 1 : 0; // L
        at += has & 0x30 ? 1 : 0; // T or K
    }
    if (at >= payload.size())
        return std::nullopt;
    return at;
}

/// What follows the descriptor, if the payload begins a key picture (S set, partition 0, P clear).
Octets vp8_key_picture(Octets payload) {
    auto const begins = vp8_descriptor(payload);
    if (!begins || (payload[0] & 0x10) == 0 || (payload[0] & 0x07) != 0)
        return {};
    auto const picture = payload.subspan(*begins);
    return picture[0] & 0x01 ? Octets{} : picture;
}

// --- H264 ---

enum Nal : unsigned { kIdr = 5, kSps = 7, kLastSingle = 23, kStapA = 24, kFuA = 28 };

unsigned nal_type(std::uint8_t header) { return header & 0x1f; }

/// Call `visit` with each whole unit of a payload. False if it is malformed or a fragment.
template <typename Visit> bool each_unit(Octets payload, Visit visit) {
    if (payload.empty())
        return false;
    auto const type = nal_type(payload[0]);
    if (type >= 1 && type <= kLastSingle) {
        visit(payload);
        return true;
    }
    if (type != kStapA)
        return false;
    std::size_t at = 1;
    while (at < payload.size()) {
        if (payload.size() - at < 2)
            return false;
        std::size_t const length = read16(&payload[at]);
        at += 2;
        if (length == 0 || length > payload.size() - at)
            return false;
        visit(payload.subspan(at, length));
        at += length;
    }
    return at > 1;
}

/// Bits of a sequence parameter set, the bytes that prevent start codes taken out.
class Bits {
public:
    explicit Bits(Octets unit) {
        for (std::size_t at = 0; at < unit.size(); ++at)
            if (at < 2 || unit[at] != 3 || unit[at - 1] != 0 || unit[at - 2] != 0)
                octets_.push_back(unit[at]);
    }

    unsigned take(int count) {
        unsigned value = 0;
        for (; count > 0; --count, ++at_) {
            bool const set = at_ / 8 < octets_.size() && octets_[at_ / 8] >> (7 - at_ % 8) & 1;
            value = value << 1 | (set ? 1U : 0U);
        }
        return value;
    }

    /// Exp-Golomb (ITU-T H.264 section 9.1).
    unsigned golomb() {
        int zeros = 0;
        while (zeros < 32 && !ended() && take(1) == 0)
            ++zeros;
        return zeros >= 32 ? 0 : (1U << zeros) - 1 + take(zeros);
    }

    /// Whether more was taken than there is.
    [[nodiscard]] bool ended() const { return at_ > octets_.size() * 8; }

private:
    std::vector<std::uint8_t> octets_;
    std::size_t at_ = 0;
};

void skip_scaling_lists(Bits &bits, int lists) {
    for (int list = 0; list < lists; ++list) {
        if (!bits.take(1))
            continue;
        int last = 8, next = 8;
        for (int n = 0; n < (list < 6 ? 16 : 64); ++n) {
            if (next != 0) {
                auto const code = bits.golomb(); // 1, -1, 2, -2 … are 1, 2, 3, 4 …
                auto const half = static_cast<int>(code / 2 & 0xff);
                next = (last + (code % 2 ? half + 1 : -half)) & 0xff;
            }
            last = next ? next : last;
        }
    }
}

/// ITU-T H.264 section 7.3.2.1.1, up to the cropping.
std::optional<Size> size_in_sps(Octets unit) {
    Bits bits(unit.subspan(1));
    auto const profile = bits.take(8);
    bits.take(16); // constraints and level
    bits.golomb(); // seq_parameter_set_id
    unsigned chroma = 1;
    if (profile == 100 || profile == 110 || profile == 122 || profile == 244) {
        chroma = bits.golomb();
        if (chroma == 3)
            bits.take(1);
        bits.golomb(); // bit depths
        bits.golomb();
        bits.take(1);
        if (bits.take(1))
            skip_scaling_lists(bits, chroma == 3 ? 12 : 8);
    }
    bits.golomb(); // log2_max_frame_num_minus4
    auto const order = bits.golomb();
    if (order == 0) {
        bits.golomb();
    } else if (order == 1) {
        bits.take(1);
        bits.golomb();
        bits.golomb();
        for (auto left = bits.golomb(); left > 0 && !bits.ended(); --left)
            bits.golomb();
    }
    bits.golomb(); // max_num_ref_frames
    bits.take(1);
    int const columns = static_cast<int>(bits.golomb() & 0xffff) + 1;
    int const rows = static_cast<int>(bits.golomb() & 0xffff) + 1;
    bool const frames_only = bits.take(1);
    if (!frames_only)
        bits.take(1);
    bits.take(1);
    Size size{columns * 16, rows * 16 * (frames_only ? 1 : 2)};
    if (bits.take(1)) {
        int const wide = chroma == 1 || chroma == 2 ? 2 : 1;
        int const tall = (chroma == 1 ? 2 : 1) * (frames_only ? 1 : 2);
        auto const sides =
            static_cast<int>(bits.golomb() & 0xffff) + static_cast<int>(bits.golomb() & 0xffff);
        auto const ends =
            static_cast<int>(bits.golomb() & 0xffff) + static_cast<int>(bits.golomb() & 0xffff);
        size.width -= sides * wide;
        size.height -= ends * tall;
    }
    if (bits.ended() || size.width <= 0 || size.height <= 0)
        return std::nullopt;
    return size;
}

void add_unit(std::vector<std::uint8_t> &frame, Octets unit) {
    static constexpr std::uint8_t kStartCode[] = {0, 0, 0, 1};
    frame.insert(frame.end(), std::begin(kStartCode), std::end(kStartCode));
    frame.insert(frame.end(), unit.begin(), unit.end());
}

bool append_fragment(Octets payload, std::vector<std::uint8_t> &frame) {
    if (payload.size() < 3 || nal_type(payload[0]) != kFuA)
        return false;
    auto const rest = payload.subspan(2);
    if (payload[1] & 0x80) { // the first: its unit's header is in two halves
        std::uint8_t const header = (payload[0] & 0xe0) | (payload[1] & 0x1f);
        add_unit(frame, {&header, 1});
    }
    frame.insert(frame.end(), rest.begin(), rest.end());
    return true;
}

} // namespace

std::optional<Codec> codec_named(std::string_view name) {
    std::string lower;
    for (auto letter : name)
        lower += static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    if (lower == "opus")
        return Codec::kOpus;
    if (lower == "vp8")
        return Codec::kVp8;
    if (lower == "h264")
        return Codec::kH264;
    return std::nullopt;
}

bool starts_key_picture(Codec codec, Octets payload) {
    switch (codec) {
    case Codec::kOpus:
        return true;
    case Codec::kVp8:
        return !vp8_key_picture(payload).empty();
    case Codec::kH264:
        break;
    }
    if (payload.size() >= 2 && nal_type(payload[0]) == kFuA)
        return (payload[1] & 0x80) && nal_type(payload[1]) == kIdr;
    bool found = false;
    bool const whole = each_unit(payload, [&](Octets unit) {
        auto const type = nal_type(unit[0]);
        found = found || type == kSps || type == kIdr;
    });
    return whole && found;
}

std::optional<Size> stated_size(Codec codec, Octets payload) {
    if (codec == Codec::kVp8) {
        auto const picture = vp8_key_picture(payload);
        if (picture.size() < 10 || read24(&picture[3]) != 0x9d012a)
            return std::nullopt;
        Size const size{(picture[6] | picture[7] << 8) & 0x3fff,
                        (picture[8] | picture[9] << 8) & 0x3fff};
        return size.width && size.height ? std::optional(size) : std::nullopt;
    }
    std::optional<Size> size;
    if (codec == Codec::kH264)
        each_unit(payload, [&](Octets unit) {
            if (nal_type(unit[0]) == kSps)
                size = size_in_sps(unit);
        });
    return size;
}

bool append_encoded(Codec codec, Octets payload, std::vector<std::uint8_t> &frame) {
    switch (codec) {
    case Codec::kOpus:
        frame.insert(frame.end(), payload.begin(), payload.end());
        return !payload.empty();
    case Codec::kVp8: {
        auto const begins = vp8_descriptor(payload);
        if (!begins)
            return false;
        frame.insert(frame.end(), payload.begin() + static_cast<std::ptrdiff_t>(*begins),
                     payload.end());
        return true;
    }
    case Codec::kH264:
        break;
    }
    if (payload.size() >= 2 && nal_type(payload[0]) == kFuA)
        return append_fragment(payload, frame);
    auto const before = frame.size();
    bool const whole = each_unit(payload, [&](Octets unit) { add_unit(frame, unit); });
    if (!whole)
        frame.resize(before);
    return whole;
}

} // namespace yunkan
