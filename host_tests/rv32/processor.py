"""A 32-bit RISC-V processor (Unicorn) that runs viper functions on buffers of this process.

It stands in for the interpreter around them as far as they can tell: arguments and results go
through the table of runtime functions (py/nativeglue.h) and are objects of a 32-bit build, whose
small ints have 31 bits.
"""

import builtins

import unicorn
from memory import Memory
from unicorn import riscv_const as riscv

_CODE, _TABLES, _TRAPS, _STACK = 0x10000000, 0x20000000, 0x30000000, 0x40000000
_PAGE = 0x10000
_OBJECTS = 0x70000000  # what is no small int: the object at (address - this) / 16
_STACK_TOP = _STACK + _PAGE - 16
_RET = bytes.fromhex("8280")  # the instruction
_END = _TRAPS + _PAGE - 4  # where the function returns to

# Places in the table of runtime functions. The first three hold objects; the others, functions.
_NONE, _FALSE, _TRUE, _TO_NATIVE, _TO_OBJECT, _SWAP_GLOBALS, _LOAD_NAME, _LOAD_GLOBAL = range(8)
_IS_TRUE, _UNARY, _BINARY, _CALL, _CHECK_ARGUMENTS, _DIVIDE, _MODULO = 16, 17, 18, 27, 44, 46, 47
_PLACES = 64
_NOT, _IS = 3, 7  # the only operations on objects that are played
_BOOL, _INT, _UINT, _PTR = 1, 2, 3, 4  # kinds of native values; those above are pointers too
_KNOWN_NAMES = {107: "len"}  # of every interpreter (py/makeqstrdata.py)
_OWN_NAMES = 0x1000  # numbers of the others begin here

_RESULT = riscv.UC_RISCV_REG_A0
_WORD = 0xFFFFFFFF


class _Text(bytes):
    """A str as native code sees it: its bytes, and its length in characters."""

    def __new__(cls, text):
        self = super().__new__(cls, text.encode())
        self.text = text
        return self

    def __len__(self):
        return len(self.text)


class Processor:
    """`load` puts programs into it."""

    def __init__(self):
        self._cpu = unicorn.Uc(unicorn.UC_ARCH_RISCV, unicorn.UC_MODE_RISCV32)
        for start in (_CODE, _TABLES, _TRAPS, _STACK):
            self._cpu.mem_map(start, _PAGE)
        self._memory = Memory(self._cpu)
        self._code = _CODE
        self._tables = _TABLES
        self._objects = []
        self._names = []
        self._globals = {}
        self._failure = None
        self._cpu.mem_write(_TRAPS, _RET * (_PAGE // len(_RET)))
        objects = [_OBJECTS + 16 * place for place in (_NONE, _FALSE, _TRUE)]
        functions = [_TRAPS + 4 * place for place in range(len(objects), _PLACES)]
        self._runtime = self._table(*objects, *functions)
        self._cpu.hook_add(unicorn.UC_HOOK_CODE, self._trap, None, _TRAPS, _END - 1)
        self._played = {
            _TO_NATIVE: self._to_native,
            _TO_OBJECT: lambda word, kind, _: self._object(_typed(word, kind)),
            _SWAP_GLOBALS: lambda *_: 0,
            _LOAD_GLOBAL: lambda name, *_: self._object(self._global(name)),
            _IS_TRUE: lambda word, *_: int(bool(self._value(word))),
            _UNARY: self._invert,
            _BINARY: self._compare,
            _CALL: self._call_object,
            _CHECK_ARGUMENTS: lambda *_: 0,
            _DIVIDE: lambda a, b, _: _signed(a) // _signed(b) & _WORD,
            _MODULO: lambda a, b, _: _signed(a) % _signed(b) & _WORD,
        }

    def load(self, program, variables):
        """{name: function of a tuple of arguments} of a native_code.Program, whose global variables
        are `variables`."""
        names = self._table(*(self._number(name) for name in program.names), size=2)
        constants = self._table(self._runtime)
        context = self._table(0, 0, names, constants)
        function = self._table(0, context)

        def loaded(code):
            start = self._code
            self._cpu.mem_write(start, code)
            self._code += len(code) + 15 & ~15
            return lambda arguments: self._run(start, function, variables, arguments)

        return {name: loaded(code) for name, code in program.functions.items()}

    def _run(self, start, function, variables, arguments):
        arguments = [_Text(a) if isinstance(a, str) else a for a in arguments]
        self._objects[:] = [None, False, True]
        self._globals = variables
        self._failure = None
        given = _STACK_TOP - 4 * len(arguments)
        self._write(given, map(self._object, arguments))
        self._cpu.reg_write(riscv.UC_RISCV_REG_SP, given & ~15)
        self._cpu.reg_write(riscv.UC_RISCV_REG_RA, _END)
        for i, value in enumerate((function, len(arguments), 0, given)):
            self._cpu.reg_write(riscv.UC_RISCV_REG_A0 + i, value)
        with self._memory.of(arguments):
            try:
                self._cpu.emu_start(start, _END)
            except unicorn.UcError as error:
                self._failure = self._failure or AssertionError(f"native code: {error}")
            failure = self._failure or self._memory.failure
            if failure:
                raise failure
        return self._value(self._cpu.reg_read(_RESULT))

    def _trap(self, cpu, address, size, data):
        """The function at this place of the table was called."""
        place = (address - _TRAPS) // 4
        words = (cpu.reg_read(_RESULT + i) & _WORD for i in range(3))
        try:
            if place not in self._played:
                raise AssertionError(f"native code asks for runtime function {place}")
            cpu.reg_write(_RESULT, self._played[place](*words))
        except Exception as failure:  # no exception gets through the processor
            self._failure = failure
            cpu.emu_stop()

    def _to_native(self, word, kind, _):
        """What mp_convert_obj_to_native says."""
        value = self._value(word)
        if kind in (_INT, _UINT):
            return int(value) & _WORD
        if kind == _BOOL:
            return int(bool(value))
        assert kind >= _PTR, f"a native value of kind {kind}"
        return value & _WORD if isinstance(value, int) else self._memory.address(value)

    def _number(self, name):
        if isinstance(name, int):
            return name
        self._names.append(name)
        return _OWN_NAMES + len(self._names) - 1

    def _global(self, number):
        own = number - _OWN_NAMES
        name = self._names[own] if own >= 0 else _KNOWN_NAMES[number]
        return self._globals[name] if name in self._globals else getattr(builtins, name)

    def _invert(self, operation, word, _):
        assert operation == _NOT, f"operation {operation} on an object"
        return self._object(not self._value(word))

    def _compare(self, operation, left, right):
        assert operation == _IS, f"operation {operation} on two objects"
        return self._object(self._value(left) is self._value(right))

    def _call_object(self, function, count, at):
        words = self._cpu.mem_read(at, 4 * count)
        found = (int.from_bytes(words[i : i + 4], "little") for i in range(0, len(words), 4))
        return self._object(self._value(function)(*map(self._value, found)))

    def _object(self, value):
        """`value` as a small int, or as the address of an object."""
        if type(value) is int and -(1 << 30) <= value < 1 << 30:
            return (value << 1 | 1) & _WORD
        self._objects.append(value)
        return _OBJECTS + 16 * (len(self._objects) - 1)

    def _value(self, word):
        if word & 1:
            return _signed(word & _WORD) >> 1
        return self._objects[(word - _OBJECTS) // 16]

    def _table(self, *words, size=4):
        """These words in memory: where."""
        start = self._tables
        self._write(start, words, size)
        self._tables += size * len(words) + 3 & ~3
        return start

    def _write(self, at, words, size=4):
        self._cpu.mem_write(at, b"".join(word.to_bytes(size, "little") for word in words))


def _typed(word, kind):
    """What mp_convert_native_to_obj says."""
    if kind == _BOOL:
        return bool(word)
    assert kind in (_INT, _UINT), f"a native value of kind {kind}"
    return _signed(word) if kind == _INT else word


def _signed(word):
    return word - (1 << 32) if word >> 31 else word
