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


def claim(frames, off, used, route, wanted):
    """The first waiting frame of a send buffer (`sendbuf.py`) whose peer has this route, or -1;
    it waits no more."""
    while off < used:
        if frames[off + 1] == 0 and route[frames[off]] == wanted:
            frames[off + 1] = wanted
            # Until `compose` has noted its end: beyond all that is sent.
            frames[off + 4] = frames[off + 5] = 0xFF
            return off
        off += 6 + (frames[off + 2] << 8 | frames[off + 3])
    return -1


def put_frame(frames, off, peer, payload, n):
    """A waiting frame at `off` of a send buffer; four bytes of its header are set. Where it ends, 0
    when it does not fit."""
    end = off + 6 + n
    if end > len(frames):
        return 0
    frames[off] = peer
    frames[off + 1] = 0
    frames[off + 2] = n >> 8
    frames[off + 3] = n & 0xFF
    frames[off + 6 : end] = payload[:n]
    return end


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
    its protocol's `template` (`service.py`) for the peer with this `key`, and the length of its
    record before it; note in the frame's header where the record will end. The size of the `send`
    in bytes; 0, and the frame waits again, when there is no room for the record."""
    n = frames[off + 2] << 8 | frames[off + 3]
    at = end + 2
    head = template[0]
    size = head + n + 3
    end = at + size + 16
    if end > len(message):
        frames[off + 1] = 0
        return 0
    frames[off + 4] = end >> 8
    frames[off + 5] = end & 0xFF
    message[at - 2] = size + 16 >> 8
    message[at - 1] = size + 16 & 0xFF
    message[at : at + head] = template
    message[at + 84 : at + 116] = key[96:128]
    message[at + head : at + size] = frames[off + 6 : off + 6 + n] + b"\0\0\0"
    # The document, `req` and `args` reach to the end, or to one or two terminators before it.
    for field, value in ((0, size), (9, size - 10), (32, size - 34), (head - 5, n)):
        message[at + field] = value & 0xFF
        message[at + field + 1] = value >> 8
    return size


def frame_at(buf, n, template):
    """Where the payload begins in the message buf[0:n], which then has three bytes behind it, when
    it is the `send` of which `template` (`service.py`) is the beginning, from whomever; else 0."""
    head = template[0]
    if n < head + 3:
        return 0
    for off, value in ((0, n), (9, n - 10), (32, n - 34), (head - 5, n - head - 3)):
        if buf[off] | buf[off + 1] << 8 != value or buf[off + 2] or buf[off + 3]:
            return 0
    for off, end in ((4, 9), (13, 32), (36, 44), (76, head - 5), (head - 1, head)):
        if buf[off:end] != template[off:end]:
            return 0
    return 0 if buf[n - 3] or buf[n - 2] or buf[n - 1] else head
