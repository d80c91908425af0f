"""The digest to a real SMTP server, killed and resumed, and the Atom feed in a real reader: digest_mail.py PROGRAM.

2000 subscribers ($OFFPRINT_SUBSCRIBERS for another number). The sender is killed with SIGKILL at three moments and
called again. Every subscriber has exactly one mail; a mail that was under way when its sender died, and whose answer
nobody knows, is not sent twice: for each kill at most one may lack, and the program must have named it unsure.
Run in a virtual environment that holds aiosmtpd and feedparser; without them: one line and status 77.
"""
import collections
import email
import email.policy
import os
import pathlib
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time

from served import expect, served

try:
    import aiosmtpd.controller
    import feedparser
except ImportError:
    print("skipped: aiosmtpd and feedparser are not in this Python; ./test puts them into .venv-peers")
    sys.exit(77)

SUBSCRIBERS = int(os.environ.get("OFFPRINT_SUBSCRIBERS", 2000))
KILLS = 3


class Sink:
    """Keeps who got how many, and every hundredth mail."""

    def __init__(self):
        self.mails = collections.Counter()
        self.kept = []

    async def handle_DATA(self, server, session, envelope):
        for recipient in envelope.rcpt_tos:
            self.mails[recipient] += 1
        if sum(self.mails.values()) % 100 == 1:
            self.kept.append(envelope.content)
        return "250 taken"


def subscribe(folder):
    """As if each had asked and confirmed: the way there, by mail and link, has its own tests."""
    with sqlite3.connect(pathlib.Path(folder) / "offprint.sqlite") as database:
        database.executemany(
            "INSERT INTO subscriptions(email, confirm_hash, leave_token, asked_at, confirmed_at) VALUES(?, ?, ?, 1, 2)",
            [(f"reader{i}@example.org", f"hash{i}", f"leave{i}") for i in range(SUBSCRIBERS)])
    database.close()


def send(program, folder, port):
    return subprocess.Popen([program, "digest", "--data-dir", folder, "--date", "2025-10-30", "--from",
                             "Offprint <papers@example.org>", "--smtp", f"smtp://127.0.0.1:{port}"],
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def digest(program, folder):
    sink = Sink()
    with socket.create_server(("127.0.0.1", 0)) as free:  # the controller wants to be told
        port = free.getsockname()[1]
    server = aiosmtpd.controller.Controller(sink, hostname="127.0.0.1", port=port)
    server.start()
    started = time.monotonic()
    try:
        for kill in range(KILLS):
            sender = send(program, folder, port)
            goal = SUBSCRIBERS * (kill + 1) // (KILLS + 1)
            while sum(sink.mails.values()) < goal and sender.poll() is None:
                time.sleep(0.001)
            expect(sender.poll() is None, f"killed after {goal} mails")
            sender.send_signal(signal.SIGKILL)
            sender.wait()
        sender = send(program, folder, port)
        answer = sender.communicate()[0]
        expect(sender.returncode == 0, answer.strip())
        seconds = time.monotonic() - started
        again = send(program, folder, port).communicate()[0]
        expect(re.search(r" to 0 subscribers, 0 failed", again), "called once more, it sends nothing")
    finally:
        server.stop()
    unsure = int(re.search(r"(\d+) unsure", answer).group(1))
    lacking = SUBSCRIBERS - len(sink.mails)
    expect(set(sink.mails.values()) == {1}, "nobody has two")
    expect(lacking <= min(unsure, KILLS), f"{lacking} of {SUBSCRIBERS} lack theirs, {unsure} named unsure")
    print(f"   {SUBSCRIBERS / seconds:.0f} mails a second, the kills included")
    return sink.kept


def valid_mails(kept):
    for content in kept:
        mail = email.message_from_bytes(content, policy=email.policy.default)
        parts = list(mail.walk())
        defects = [defect for part in parts for defect in part.defects]
        kinds = [part.get_content_type() for part in parts]
        if defects or kinds != ["multipart/alternative", "text/plain", "text/html"]:
            raise AssertionError(f"{kinds}, {defects}")
        for header in ("Message-ID", "Date", "List-Unsubscribe", "List-Unsubscribe-Post"):
            if not mail[header]:
                raise AssertionError(f"no {header}")
        papers = re.findall(r'href="[^"]*/papers/', parts[2].get_content())
        if len(papers) < 20:
            raise AssertionError(f"a mail with {len(papers)} papers, expected the day's 20")
    expect(len(kept) > 0, f"{len(kept)} of them parsed: MIME without a defect, text and HTML, a way out")


def main(program):
    with served(program) as (address, folder):
        feed = feedparser.parse(address + "/atom.xml")
        expect(not feed.bozo and len(feed.entries) == 41, f"Atom in feedparser: {len(feed.entries)} entries, no bozo bit")
        subscribe(folder)
        valid_mails(digest(program, folder))


main(sys.argv[1])
