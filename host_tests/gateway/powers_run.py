"""What the tests of powers share: Powers in an event loop, for one test."""

import asyncio

from uwish_host.powers import Powers

GIVE_UP_S = 60


def run(body, workers, **options):
    """What `body(made)` returns, run in an event loop with Powers, which is closed afterwards."""

    async def inside():
        warnings = []
        made = Powers(asyncio.get_running_loop(), workers, warnings.append, **options)
        made.warnings = warnings
        try:
            return await asyncio.wait_for(body(made), GIVE_UP_S)
        finally:
            made.close()

    return asyncio.run(inside())


async def computed(made, base, exponent):
    answer = asyncio.get_running_loop().create_future()
    made.submit(base, exponent, answer.set_result)
    return await answer


async def until(condition):
    while not condition():
        await asyncio.sleep(0.002)
