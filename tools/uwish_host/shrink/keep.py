"""Which attributes keep their names: those that others use."""

import ast
import asyncio
import binascii
import collections
import gc
import hashlib
import io
import math
import os
import select
import socket
import sys
import time

from .scopes import bound

# The interpreter's objects and modules, as CPython knows them …
_INTERPRETER = (
    *(
        bytes,
        bytearray,
        str,
        int,
        float,
        list,
        dict,
        set,
        tuple,
        memoryview,
        type,
        OSError,
        StopIteration,
    ),
    *(io.FileIO, io.TextIOWrapper, socket.socket, select.poll(), hashlib.sha256(), (i for i in ())),
    *(asyncio, binascii, collections, gc, hashlib, math, os, select, socket, sys, time),
)
# … and what MicroPython has besides.
_MICROPYTHON = "decrypt encrypt ipoll mem_alloc mem_free readinto sleep_ms sync ticks_ms viper"


def kept(program, public_classes, beside=()):
    """The names of the interpreter, those in strings (which getattr or a caller may mean), keywords
    of calls, what the classes in `public_classes` offer, their own names included, and all that the
    modules in `beside`, which keep their names, reach for."""
    names = {name for thing in _INTERPRETER for name in dir(thing)}
    names.update(_MICROPYTHON.split(), public_classes)
    names |= {name for module in beside for name in _attributes(program.modules[module])}
    prefixes = []
    for module, tree in program.modules.items():
        imported = {
            alias.asname or alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            for alias, _, is_module in program.imported(module, node)
            if is_module
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) in imported:
                names.add(node.attr)
            if isinstance(node, ast.keyword) and node.arg:
                names.add(node.arg)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                words = node.value.split()
                if all(word.isidentifier() for word in words):
                    names.update(words)
                    prefixes += [word for word in words if word[0] != "_" and word.endswith("_")]
            elif isinstance(node, ast.ClassDef) and node.name in public_classes:
                names |= {name for name in _members(node) if not name.startswith("_")}
    for tree in program.modules.values():
        names |= {name for name in _attributes(tree) if name.startswith(tuple(prefixes))}
    return names


def _members(node):
    yield from bound(node)
    for child in ast.walk(node):
        if isinstance(child, ast.Attribute) and ast.unparse(child.value) == "self":
            yield child.attr


def _attributes(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            yield node.attr
