#!/usr/bin/env node
'use strict';
// A desktop app on the real SDK, driven by JSON lines: one command a line on stdin, one reply or
// event a line on stdout. Bytes are {"$hex": "..."} both ways.
//
//   node desktop_app.js --port APPPORT --name NAME --protocol PROTOCOL [--protocol ...]
//
//   {"id": 1, "op": "request", "method": "identity.create", "args": ["Alice"]}
//   {"id": 2, "op": "send", "peer": {"luid": ..., "protocol": "sensor"}, "payload": {"$hex": "00"}}
//   {"id": 3, "op": "document", "fields": {"alias": "Bob", "pubkey": ...}}   BSON of `fields`
//
//   {"reply": 1, "data": ...}   or   {"reply": 1, "error": {"code": 304, "msg": "..."}}
//   {"event": "ready"}  {"event": "online", "peer": {...}}  {"event": "offline", "peer": {...}}
//   {"event": "frame", "peer": {...}, "data": {"$hex": "..."}}
//   {"event": "closed"}         the core is gone; the SDK does not reconnect, so this ends too
//
// The end of stdin is the order to log out and exit with status 0.

const readline = require('readline');
const { parseArgs } = require('util');
const { App } = require('@wishcore/wish-sdk');
const BsonBuffer = require('bson-buffer');

// The SDK reports with console.log, and stdout is for JSON.
console.log = console.error;

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
    if (Array.isArray(value)) {
        return value.map(fromJson);
    }
    if (value && typeof value === 'object') {
        return typeof value.$hex === 'string'
            ? Buffer.from(value.$hex, 'hex')
            : Object.fromEntries(Object.entries(value).map(([k, v]) => [k, fromJson(v)]));
    }
    return value;
}

function emit(message) {
    process.stdout.write(JSON.stringify(toJson(message)) + '\n');
}

async function obey(app, command) {
    switch (command.op) {
        case 'request':
            return app.request(command.method, command.args);
        case 'send':
            return app.send(command.peer, command.payload);
        case 'document':
            return new BsonBuffer().serialize(command.fields);
        default:
            throw new Error(`no such op: ${command.op}`);
    }
}

function asError(error) {
    return error instanceof Error ? { msg: error.message } : error;
}

function main() {
    const { values } = parseArgs({
        options: {
            port: { type: 'string' },
            name: { type: 'string' },
            protocol: { type: 'string', multiple: true, default: [] },
        },
    });
    const app = new App({
        corePort: Number(values.port),
        name: values.name,
        protocols: values.protocol,
    });
    app.on('ready', () => emit({ event: 'ready' }));
    app.on('online', (peer) => emit({ event: 'online', peer }));
    app.on('offline', (peer) => emit({ event: 'offline', peer }));
    app.on('frame', (peer, data) => emit({ event: 'frame', peer, data }));
    app.tcp.on('close', () => {
        emit({ event: 'closed' });
        process.exitCode = 0;
        commands.close();
        process.stdin.destroy();
    });

    const commands = readline.createInterface({ input: process.stdin });
    commands.on('line', (line) => {
        const command = fromJson(JSON.parse(line));
        obey(app, command).then(
            (data) => emit({ reply: command.id, data }),
            (error) => emit({ reply: command.id, error: asError(error) }),
        );
    });
    commands.on('close', () => app.tcp.end());
}

main();
