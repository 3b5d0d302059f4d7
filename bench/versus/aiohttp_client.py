"""Measures Python's aiohttp: ADDR TLS CONNS WARM_SECONDS SECONDS, JSON on stdout."""

import asyncio
import json
import resource
import ssl
import sys
import time

import aiohttp

addr, secure, conns = sys.argv[1], sys.argv[2] == "true", int(sys.argv[3])
warm, seconds = float(sys.argv[4]), float(sys.argv[5])
url = ("https://" if secure else "http://") + addr + "/item/1?page=2"


def snapshot(counts):
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return sum(counts), time.perf_counter(), usage.ru_utime, usage.ru_stime


async def work(session, context, counts, i, ending):
    while not ending.is_set():
        async with session.get(url, ssl=context) as resp:
            body = await resp.read()
            assert resp.status == 200 and len(body) == 1024
        counts[i] += 1


async def main():
    context = False  # verification off: the server's certificate is self-signed
    if secure:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    counts, ending = [0] * conns, asyncio.Event()
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=conns)) as session:
        tasks = [asyncio.ensure_future(work(session, context, counts, i, ending)) for i in range(conns)]
        while not all(counts) and not any(t.done() for t in tasks):
            await asyncio.sleep(0.01)
        await asyncio.sleep(warm)
        before = snapshot(counts)
        await asyncio.sleep(seconds)
        after = snapshot(counts)
        ending.set()
        await asyncio.gather(*tasks)
    requests, wall, user, system = (a - b for a, b in zip(after, before))
    print(json.dumps({
        "requests": requests, "wall_ns": int(wall * 1e9), "user_ns": int(user * 1e9),
        "system_ns": int(system * 1e9), "mallocs": -1, "bytes": -1,
    }))


try:
    import uvloop
except ImportError:
    pass
else:
    uvloop.install()
asyncio.run(main())
