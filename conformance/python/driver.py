"""Plays programs with aiohttp: one a line comes in, what was concluded goes out."""
import asyncio
import json
import socket
import sys

import aiohttp
from aiohttp.abc import AbstractResolver


class Loopback(AbstractResolver):
    async def resolve(self, host, port=0, family=socket.AF_INET):
        if host == "none.test":
            raise OSError(None, "no such host")
        return [{"hostname": host, "host": "127.0.0.1", "port": port,
                 "family": socket.AF_INET, "proto": 0, "flags": socket.AI_NUMERICHOST}]

    async def close(self):
        pass


def pairs(fields):
    return [tuple(f) for f in fields]


def arguments(step):
    """The arguments of session.request for a step."""
    kw = {}
    if "params" in step:
        kw["params"] = pairs(step["params"])
    if "headers" in step:
        kw["headers"] = pairs(step["headers"])
    if "cookies" in step:
        kw["cookies"] = dict(step["cookies"])
    if "bytes" in step:
        kw["data"] = step["bytes"].encode("latin-1")
    if "text" in step:
        kw["data"] = step["text"]
    if "form" in step:
        kw["data"] = pairs(step["form"])
    if "json" in step:
        kw["json"] = step["json"]
    if "parts" in step:
        form = aiohttp.FormData()
        for part in step["parts"]:
            form.add_field(part["name"], part["content"],
                           filename=part.get("filename"), content_type=part.get("type"))
        kw["data"] = form
    if "pieces" in step:
        async def pieces():
            for _, piece in step["pieces"]:
                yield piece.encode()
        kw["data"] = pieces()
    if "stay" in step:
        kw["allow_redirects"] = False
    if "follow" in step:
        kw["allow_redirects"] = True
    if "max_redirects" in step:
        kw["max_redirects"] = step["max_redirects"]
    if "login" in step:
        kw["headers"] = kw.get("headers", []) + [
            ("Authorization", aiohttp.BasicAuth(*step["login"], encoding="utf-8").encode())]
    if "compress" in step:
        kw["compress"] = step["compress"]
    if "chunked" in step:
        kw["chunked"] = True
    if "expect" in step:
        kw["expect100"] = True
    if "without" in step:
        kw["skip_auto_headers"] = step["without"]
    if "raise" in step:
        kw["raise_for_status"] = True
    if "total" in step or "sock_read" in step:
        kw["timeout"] = aiohttp.ClientTimeout(total=step.get("total", 20), sock_read=step.get("sock_read"))
    return kw


async def body(step, resp):
    read = step.get("read", "text")
    if read == "text":
        return await resp.text()
    if read == "json":
        return await resp.json()
    if read == "octets":
        return (await resp.read()).decode("latin-1")
    if read == "lines":
        return [line.decode().rstrip("\r\n") async for line in resp.content]
    if read == "fields":
        return resp.headers.getall("X-One", [])
    if read == "links":
        return sorted(rel + " " + str(link["url"]) for rel, link in resp.links.items())
    if read == "name":
        disposition = resp.content_disposition
        return disposition.filename if disposition else None
    return None


async def play(program):
    options = program["session"]
    kw = {}
    if "base_url" in options:
        kw["base_url"] = options["base_url"]
    if "headers" in options:
        kw["headers"] = pairs(options["headers"])
    if "cookies" in options:
        kw["cookies"] = dict(options["cookies"])
    concluded = []
    async with aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(resolver=Loopback()), raise_for_status=options.get("raise", False),
            auto_decompress=not options.get("raw", False), timeout=aiohttp.ClientTimeout(total=20), **kw) as session:
        for step in program["steps"]:
            result = {"error": None}
            try:
                verb = getattr(session, step.get("method", "GET").lower(), None)
                call = verb(step["url"], **arguments(step)) if verb else \
                    session.request(step["method"], step["url"], **arguments(step))
                async with call as resp:
                    result = {
                        "error": None, "status": resp.status, "reason": resp.reason, "url": str(resp.real_url),
                        "method": resp.method, "type": resp.content_type if "Content-Type" in resp.headers else "",
                        "history": ["%d %s" % (r.status, r.real_url) for r in resp.history],
                        "body": await body(step, resp)}
            except Exception as e:
                result = {"error": [c.__name__ for c in type(e).__mro__]}
            concluded.append(result)
    return concluded


async def main():
    print(json.dumps({"version": aiohttp.__version__, "names": dir(aiohttp)}), flush=True)
    while line := await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline):
        print(json.dumps(await play(json.loads(line))), flush=True)


asyncio.run(main())
