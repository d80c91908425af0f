"""A server of ours in an empty folder, for programs of others that speak to it."""
import contextlib
import signal
import subprocess
import tempfile


def expect(condition, what):
    if not condition:
        raise AssertionError(what)
    print("ok:", what, flush=True)


@contextlib.contextmanager
def served(program, *flags):
    """Yields the address of `program serve` and its folder; ends it at the end."""
    with tempfile.TemporaryDirectory() as folder:
        server = subprocess.Popen([program, "serve", "--port", "0", "--data-dir", folder, *flags],
                                  stderr=subprocess.PIPE, text=True)
        try:
            # "offprint: serving on http://localhost:PORT (...)", after what is loaded.
            line = server.stderr.readline()
            while "loading" in line:
                line = server.stderr.readline()
            if "http://" not in line:
                raise AssertionError(f"the server did not start: {line}")
            yield next(word for word in line.split() if word.startswith("http://")), folder
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=30)
