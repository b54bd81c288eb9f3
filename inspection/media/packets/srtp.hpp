// Protection of packets (SRTP, RFC 3711). The code is libsrtp's, which the Python package pylibsrtp
// carries; we are handed the addresses of four of its functions and of each peer's two sessions.
#pragma once

#include <cstdint>

namespace yunkan {

struct Srtp {
    /// int (srtp_t session, void *packet, int *length); 0 is success. Works in place; protecting
    /// makes a packet longer by up to kTrailer bytes.
    using Function = int (*)(void *, void *, int *);

    Function protect, unprotect, protect_rtcp, unprotect_rtcp;

    static constexpr int kTrailer = 4 + 16 + 128; // SRTP_MAX_SRTCP_TRAILER_LEN
};

} // namespace yunkan
