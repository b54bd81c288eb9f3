"""The packet path in Python alone, where the one in C++ (`packets/`) is not built or not fit.

It follows the same rules, file by file, and serves its socket on the event loop instead of a
thread: a busy loop therefore delays packets, which is why it is the second choice.
"""
