#!/bin/sh
# Runs the virtual device in a heap of HEAP bytes (384k unless set) under MICROPYTHON (micropython
# unless set); arguments as run.py. SIGTERM and SIGINT end it in order, with its summary: MicroPython
# knows SIGINT only, so this passes either on as that.
"${MICROPYTHON:-micropython}" -X heapsize="${HEAP:-384k}" "$(dirname "$0")/run.py" "$@" <&0 &
device=$!
trap 'kill -INT "$device"' INT TERM
# wait ends early when a signal came: then once more, for the device's own end.
while :; do
    wait "$device"
    status=$?
    kill -0 "$device" 2>/dev/null || exit "$status"
done
