"""Byte moves in native code: no allocation, no bounds checks (the callers have checked). Twin:
`_plain.py`."""

from builtins import len  # found at once: builtins are looked for after all else

import micropython


@micropython.viper
def copy(dst: ptr8, dst_off: int, src: ptr8, src_off: int, n: int):
    # Moving the pointers makes half the code of indexing; boards trap on unaligned words.
    dst = ptr8(int(dst) + dst_off)
    src = ptr8(int(src) + src_off)
    while n >= 8:
        dst[0] = src[0]
        dst[1] = src[1]
        dst[2] = src[2]
        dst[3] = src[3]
        dst[4] = src[4]
        dst[5] = src[5]
        dst[6] = src[6]
        dst[7] = src[7]
        dst = ptr8(int(dst) + 8)
        src = ptr8(int(src) + 8)
        n -= 8
    while n > 0:
        dst[0] = src[0]
        dst = ptr8(int(dst) + 1)
        src = ptr8(int(src) + 1)
        n -= 1


@micropython.viper
def same(a: ptr8, a_off: int, b: ptr8, b_off: int, n: int) -> bool:
    a = ptr8(int(a) + a_off)
    b = ptr8(int(b) + b_off)
    while n >= 4:
        if a[0] ^ b[0] | a[1] ^ b[1] | a[2] ^ b[2] | a[3] ^ b[3]:
            return False
        a = ptr8(int(a) + 4)
        b = ptr8(int(b) + 4)
        n -= 4
    while n > 0:
        if a[0] != b[0]:
            return False
        a = ptr8(int(a) + 1)
        b = ptr8(int(b) + 1)
        n -= 1
    return True


@micropython.viper
def find_zero(buf, off: int, end: int) -> int:
    p = ptr8(buf)
    i = off
    while i < end:
        if p[i] == 0:
            return i
        i += 1
    return -1


@micropython.viper
def elapsed(now: int, since: int) -> int:
    # 2**30 itself is no small int on a 32-bit board.
    delta = (now - since) & 0x3FFFFFFF
    if delta > 0x1FFFFFFF:
        delta = delta - 0x3FFFFFFF - 1
    return delta


@micropython.viper
def claim(frames: ptr8, off: int, used: int, route: ptr8, wanted: int) -> int:
    while off < used:
        if frames[off + 1] == 0 and route[frames[off]] == wanted:
            frames[off + 1] = wanted
            # Until `compose` has noted its end: beyond all that is sent.
            frames[off + 4] = 0xFF
            frames[off + 5] = 0xFF
            return off
        off += 6 + (frames[off + 2] << 8 | frames[off + 3])
    return -1


@micropython.viper
def put_frame(buf, off: int, peer: int, payload: ptr8, n: int) -> int:
    end = off + 6 + n
    if end > int(len(buf)):
        return 0
    frames = ptr8(int(ptr8(buf)) + off)
    frames[0] = peer
    frames[1] = 0
    frames[2] = n >> 8
    frames[3] = n
    frames = ptr8(int(frames) + 6)
    while n >= 4:
        frames[0] = payload[0]
        frames[1] = payload[1]
        frames[2] = payload[2]
        frames[3] = payload[3]
        frames = ptr8(int(frames) + 4)
        payload = ptr8(int(payload) + 4)
        n -= 4
    while n > 0:
        frames[0] = payload[0]
        frames = ptr8(int(frames) + 1)
        payload = ptr8(int(payload) + 1)
        n -= 1
    return end


@micropython.viper
def sweep(frames: ptr8, used: int, mark: int, limit: int) -> int:
    off = 0
    keep = 0
    gone = 0
    while off < used:
        n = 6 + (frames[off + 2] << 8 | frames[off + 3])
        if frames[off + 1] == mark and (frames[off + 4] << 8 | frames[off + 5]) <= limit:
            gone += 1
            off += n
        elif keep == off:
            off += n
            keep = off
        else:
            while n > 0:
                frames[keep] = frames[off]
                keep += 1
                off += 1
                n -= 1
    return gone << 16 | keep


@micropython.viper
def compose(window, end: int, template: ptr8, key: ptr8, frames: ptr8, off: int) -> int:
    frames = ptr8(int(frames) + off)
    n = frames[2] << 8 | frames[3]
    head = template[0]
    size = head + n + 3
    message = ptr8(int(ptr8(window)) + end)
    start = int(message) + 2
    end += size + 18
    if end > int(len(window)):
        frames[1] = 0
        return 0
    frames[4] = end >> 8
    frames[5] = end
    message[0] = size + 16 >> 8
    message[1] = size + 16
    piece = 0  # the template, the payload, the remote's service id
    while piece < 3:
        if piece == 0:
            message = ptr8(start)
            source = template
            left = head
        elif piece == 1:
            message = ptr8(start + head)
            source = ptr8(int(frames) + 6)
            left = n
        else:
            message = ptr8(start + 84)
            source = ptr8(int(key) + 96)
            left = 32
        while left >= 8:
            message[0] = source[0]
            message[1] = source[1]
            message[2] = source[2]
            message[3] = source[3]
            message[4] = source[4]
            message[5] = source[5]
            message[6] = source[6]
            message[7] = source[7]
            message = ptr8(int(message) + 8)
            source = ptr8(int(source) + 8)
            left -= 8
        while left > 0:
            message[0] = source[0]
            message = ptr8(int(message) + 1)
            source = ptr8(int(source) + 1)
            left -= 1
        piece += 1
    message = ptr8(start)
    message[head - 5] = n
    message[head - 4] = n >> 8
    # The document, `req` and `args` reach to the end, or to one or two terminators before it.
    message[0] = size
    message[1] = size >> 8
    message[9] = size - 10
    message[10] = size - 10 >> 8
    message[32] = size - 34
    message[33] = size - 34 >> 8
    message = ptr8(start + head + n)
    message[0] = 0
    message[1] = 0
    message[2] = 0
    return size


@micropython.viper
def frame_at(buf: ptr8, n: int, template: ptr8) -> int:
    head = template[0]
    if n < head + 3:
        return 0
    # Four lengths, which reach to the end or to a few terminators before it.
    message = buf
    rest = n
    length = 0
    while length < 4:
        if message[0] | message[1] << 8 != rest or message[2] | message[3]:
            return 0
        if length == 0:
            message = ptr8(int(buf) + 9)
            rest = n - 10
        elif length == 1:
            message = ptr8(int(buf) + 32)
            rest = n - 34
        else:
            message = ptr8(int(buf) + head - 5)
            rest = n - head - 3
        length += 1
    # What lies between them is as in the template, but for the sender's service id.
    off = 4
    end = 9
    while True:
        message = ptr8(int(buf) + off)
        same = ptr8(int(template) + off)
        last = int(buf) + end
        while int(message) != last:
            if message[0] != same[0]:
                return 0
            message = ptr8(int(message) + 1)
            same = ptr8(int(same) + 1)
        if off == 4:
            off = 13
            end = 32
        elif off == 13:
            off = 36
            end = 44
        elif off == 36:
            off = 76
            end = head - 5
        elif off == 76:
            off = head - 1
            end = head
        else:
            break
    message = ptr8(int(buf) + n - 3)
    if message[0] | message[1] | message[2]:
        return 0
    return head
