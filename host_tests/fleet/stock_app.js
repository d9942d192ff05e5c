#!/usr/bin/env node
'use strict';
// The other side of the comparison: an app on the real SDK that does what the gateway's stop watch
// does. It counts frames, and how long each took from its device's `send` to here.
//
//   node stock_app.js APPPORT
//
// Says {"ready": true}; then each order on stdin, a line of JSON, is answered by one:
//
//   {"op": "request", "method": ..., "args": [...]}   an operation of the core; bytes are {"$hex": ...}
//   {"op": "mark", "every": n}                         frames and latency_ms since the last mark,
//                                                      which from now on keeps one latency of n
//
// The end of stdin ends it.

const path = require('path');
const readline = require('readline');

const modules = path.join(__dirname, '..', 'interop', 'node_modules');
const { App } = require(path.join(modules, '@wishcore', 'wish-sdk'));

// The SDK reports with console.log, and stdout is for JSON.
console.log = console.error;

let frames = 0;
let every = 1;
let latencies = [];

function say(message) {
    process.stdout.write(JSON.stringify(message) + '\n');
}

function toJson(value) {
    if (Buffer.isBuffer(value)) {
        return { $hex: value.toString('hex') };
    }
    if (Array.isArray(value)) {
        return value.map(toJson);
    }
    if (value && typeof value === 'object') {
        return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, toJson(v)]));
    }
    return value;
}

function fromJson(value) {
    return value && typeof value.$hex === 'string' ? Buffer.from(value.$hex, 'hex') : value;
}

function mark(order) {
    const at = Number(process.hrtime.bigint()) / 1e9;
    const found = { at, frames, latency_ms: Array.from(Float64Array.from(latencies).sort()) };
    frames = 0;
    latencies = [];
    every = order.every;
    return found;
}

const app = new App({ corePort: Number(process.argv[2]), name: 'gateway', protocols: ['sensor'] });

app.on('frame', (peer, data) => {
    frames += 1;
    if (frames % every === 0) {
        const stamp = data.readBigUInt64BE(data.length - 8);
        latencies.push(Number(process.hrtime.bigint() - stamp) / 1e6);
    }
});

app.once('ready', () => {
    const orders = readline.createInterface({ input: process.stdin });
    orders.on('line', async (line) => {
        const order = JSON.parse(line);
        if (order.op === 'mark') {
            say(mark(order));
            return;
        }
        try {
            say({ data: toJson(await app.request(order.method, order.args.map(fromJson))) });
        } catch (error) {
            say({ error: error instanceof Error ? error.message : error });
        }
    });
    orders.on('close', () => process.exit(0));
    say({ ready: true });
});
