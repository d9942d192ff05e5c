"""Plain twins of `_viper.py`, for CPython and for MicroPython builds without native code."""


def copy(dst, dst_off, src, src_off, n):
    """Copy `n` bytes; within one buffer only downwards (`dst_off` < `src_off`)."""
    dst[dst_off : dst_off + n] = src[src_off : src_off + n]


def same(a, a_off, b, b_off, n):
    """True when `n` bytes of `a` at `a_off` equal those of `b` at `b_off`."""
    return a[a_off : a_off + n] == b[b_off : b_off + n]


def find_zero(buf, off, end):
    """The offset of the first zero byte in buf[off:end], -1 when there is none."""
    return buf.find(b"\0", off, end)


def elapsed(now, since):
    """Milliseconds from `since` to `now` (negative when `since` lies ahead), both modulo 2**30."""
    delta = (now - since) & 0x3FFFFFFF
    if delta > 0x1FFFFFFF:
        delta = delta - 0x3FFFFFFF - 1
    return delta


def seek(frames, off, used, route, wanted):
    """The first waiting frame of a send buffer (`sendbuf.py`) whose peer has this route, or -1."""
    while off < used:
        if frames[off + 1] == 0 and route[frames[off]] == wanted:
            return off
        off += 6 + (frames[off + 2] << 8 | frames[off + 3])
    return -1


def put_frame(frames, off, peer, payload, n):
    """A waiting frame at `off` of a send buffer; four bytes of its header are set."""
    frames[off] = peer
    frames[off + 1] = 0
    frames[off + 2] = n >> 8
    frames[off + 3] = n & 0xFF
    frames[off + 6 : off + 6 + n] = payload[:n]


def sweep(frames, used, mark, limit):
    """Take the frames with this mark whose records end at or before `limit` out of a send buffer;
    how many they were << 16 | the bytes that stay."""
    off = 0
    keep = 0
    gone = 0
    while off < used:
        n = 6 + (frames[off + 2] << 8 | frames[off + 3])
        if frames[off + 1] == mark and (frames[off + 4] << 8 | frames[off + 5]) <= limit:
            gone += 1
        else:
            if keep != off:
                frames[keep : keep + n] = frames[off : off + n]
            keep += n
        off += n
    return gone << 16 | keep


def compose(message, end, template, key, frames, off):
    """Write the `send` for the frame at `off` of a send buffer to `message` at `end` + 2, made from
    its protocol's `template` (`service.py`) for the peer with this `key`; its size in bytes."""
    n = frames[off + 2] << 8 | frames[off + 3]
    at = end + 2
    head = len(template)
    size = head + n + 3
    message[at : at + head] = template
    message[at + 84 : at + 116] = key[96:128]
    message[at + head : at + size] = frames[off + 6 : off + 6 + n] + b"\0\0\0"
    # The document, `req` and `args` reach to the end, or to one or two terminators before it.
    for field, value in ((0, size), (9, size - 10), (32, size - 34), (head - 5, n)):
        message[at + field] = value & 0xFF
        message[at + field + 1] = value >> 8
    return size
