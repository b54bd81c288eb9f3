// What has to be known of encoded media without decoding it: where a key picture begins, how large
// it is, and the bytes a decoder wants. VP8 (RFC 7741, RFC 6386) and H264 (RFC 6184); Opus
// (RFC 7587) has one whole frame in each packet.
#pragma once

#include "octets.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace yunkan {

enum class Codec : std::uint8_t { kOpus, kVp8, kH264 };

/// The codec of a media type's name: "opus", "VP8", "H264". Nothing else is carried.
std::optional<Codec> codec_named(std::string_view name);

/// Pixels; 0 × 0 while nothing is known.
struct Size {
    int width = 0, height = 0;

    bool operator==(Size const &) const = default;
};

/// Whether a payload is the first of a picture that can be decoded without an earlier one.
/// Always so for sound.
bool starts_key_picture(Codec codec, Octets payload);

/// The size a key picture's first payload states, if it does.
std::optional<Size> stated_size(Codec codec, Octets payload);

/// Add what a payload carries of its frame: VP8 without its descriptor, H264 as a byte stream with
/// start codes (Annex B). False if the payload is malformed; then nothing was added.
bool append_encoded(Codec codec, Octets payload, std::vector<std::uint8_t> &frame);

} // namespace yunkan
