"""A mail server for OutboxTests. Prints its port, then each mail it got as a line of JSON. The local part of a
recipient says what becomes of a mail: `refused…` has no mailbox, `later…` is put off the first time, of `lost…` the
first answer never arrives."""

import asyncio
import json

from aiosmtpd.smtp import SMTP


class Handler:
    def __init__(self):
        self.seen = set()

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("refused"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        address = envelope.rcpt_tos[0]
        is_first = address not in self.seen
        self.seen.add(address)
        if is_first and address.startswith("later"):
            return "451 try again later"
        mail = {"from": envelope.mail_from, "to": envelope.rcpt_tos, "data": envelope.original_content.decode("ascii")}
        print(json.dumps(mail), flush=True)
        if is_first and address.startswith("lost"):
            server.transport.close()
        return "250 OK"


async def serve():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(handler, loop=loop), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


handler = Handler()
asyncio.run(serve())
