#!/bin/sh
# Make the state of three gateways that are one identity, in the folder SITE.
#
#     ./setup.sh SITE PASSPHRASE_FILE
#
# SITE/1, 2, 3       a state directory each: one identity, three hosts; options in gateway.toml
# SITE/contacts      who may connect, one list for all three
# SITE/site.backup   the identity, sealed with the passphrase: keep it somewhere else
#
# UWISH says how `uwish` is called, BROKER where the gateways publish.
set -eu
site=$1
passphrase=$2
uwish=${UWISH:-uwish}
broker=${BROKER:-mqtt://broker:1883}
umask 077

mkdir -p "$site/contacts"
for number in 1 2 3; do
    mkdir "$site/$number"
    # Relative, so that the folder may lie anywhere, in a container too.
    ln -s ../contacts/contacts.json "$site/$number/contacts.json"
done
$uwish gateway init --state "$site/1" --alias site --no-announce \
    --mqtt "$broker" --mqtt-user site --mqtt-password-file /run/secrets/broker
$uwish identity backup --state "$site/1" --passphrase-file "$passphrase" "$site/site.backup"
for number in 2 3; do
    $uwish identity restore --state "$site/$number" --new-host \
        --passphrase-file "$passphrase" "$site/site.backup"
done
