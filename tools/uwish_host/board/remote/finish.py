"""Completes a deploy. For as long as that takes this is the board's boot.py, so that a board whose
power was cut in the middle goes on with it at its next start.

/deploy/steps has a line for each step: "> STAGED TARGET" renames, "- TARGET" removes. Every step
may be done twice. The last one puts the real boot.py in place of this one.
"""


def finish():
    """Do the steps, from wherever they were cut off."""
    import os

    def there(path):
        try:
            os.stat(path)
            return True
        except OSError:
            return False

    def make_folder_of(path):
        at = path.find("/", 1)
        while at > 0:
            if not there(path[:at]):
                os.mkdir(path[:at])
            at = path.find("/", at + 1)

    # While a rename from folder to folder is half done, littlefs hides the file that comes after it
    # in its folder, too, until somebody writes: a step would be taken for done that is not.
    with open("/deploy/finished", "w"):
        pass
    os.remove("/deploy/finished")
    with open("/deploy/steps") as steps:
        for line in steps:
            step = line.split()
            if step[0] == ">" and there(step[1]):
                make_folder_of(step[2])
                os.rename(step[1], step[2])
            elif step[0] == "-" and there(step[1]):
                os.remove(step[1])


def recover():
    """Finish, leave word of it for the next deploy, and start as the board would have."""
    import os

    finish()
    os.rename("/deploy/steps", "/deploy/finished")
    print("uwish: a deploy was cut short after it took effect; the rest of it is done now.")
    with open("/boot.py") as f:
        exec(f.read(), globals())
