"""Run the unittest classes of one file under MicroPython, and report in a form a program can read.

    micropython host_tests/run_unittest.py FILE [CLASS.METHOD ...]

`TestCase` comes from PyPI's micropython-unittest 0.4. Its own runner would do, but for four things:
it ends with status 0 when no test ran, an error in setUp stops all that follow, all methods of a
class share one instance, and a test that fails with the heap locked takes the run with it. So the
loop is here, and prints:

    [found] N              test methods in the file
    [begin] CLASS.METHOD   then what the test prints, or its traceback
    [pass] CLASS.METHOD    or [fail], or [skip]
    [end] N                methods run: the process came to its end

Exit status: 0 when at least one test ran and none failed, else 1.
"""

import gc
import sys
from unittest import SkipTest, TestCase

import micropython


def unlock_heap():
    """Undo every heap_lock() that a failed test has left behind."""
    micropython.heap_lock()  # heap_unlock() tells the depth, but must not be called at depth 0
    while micropython.heap_unlock():
        pass


def run_method(cls, method):
    """One test on an instance of its own: "pass", "fail" or "skip"."""
    try:
        case = cls()
        if hasattr(case, "setUp"):
            case.setUp()
        try:
            getattr(case, method)()
        finally:
            if hasattr(case, "tearDown"):
                case.tearDown()
    except SkipTest as reason:
        unlock_heap()
        print(reason)
        return "skip"
    except BaseException as error:  # SystemExit too: a test that ends the process has failed
        unlock_heap()
        sys.print_exception(error)
        return "fail"
    unlock_heap()
    return "pass"


def find_tests(module):
    """(class, method name) of every test method, those inherited from other classes included."""
    found = []
    for name in dir(module):
        cls = getattr(module, name)
        if isinstance(cls, type) and issubclass(cls, TestCase):
            found.extend([(cls, method) for method in dir(cls) if method.startswith("test")])
    return found


def main(args):
    if not args or args[0] == "--help":
        print("usage: micropython host_tests/run_unittest.py FILE [CLASS.METHOD ...]")
        return 0 if args else 2
    folder, _, filename = args[0].rpartition("/")
    sys.path.insert(0, folder or ".")
    found = find_tests(__import__(filename[: -len(".py")]))
    print("[found]", len(found))
    wanted = args[1:]
    run = failed = 0
    for cls, method in found:
        name = cls.__name__ + "." + method
        if wanted and name not in wanted:
            continue
        print("[begin]", name)
        gc.collect()
        outcome = run_method(cls, method)
        print("[" + outcome + "]", name)
        run += 1
        failed += outcome == "fail"
    print("[end]", run)
    return 0 if run and not failed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
