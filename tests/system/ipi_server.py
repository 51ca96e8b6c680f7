"""The server's side of i-PI's protocol, for tests: sends structures and writes what it is told to a file of JSON; or
misbehaves. Usage: ipi_server.py <what it does> <UNIX socket, or "tcp"> <structures.xyz> <answers.json>
The file `address` tells where it listens, once it does."""
import json
import os
import signal
import socket
import struct
import sys

bohr, hartree = 0.529177210903, 2 * 13.605693122994  # Å, eV: CODATA 2018
does, place, structures, answers = sys.argv[1:]
signal.alarm(100)  # never outlives its test


def read_xyz(path):
    """(cell rows, positions) of each frame [Å]; a cell of zeros where there is none."""
    lines = open(path).read().split("\n")
    while lines[0]:
        n = int(lines[0])
        cell = [0.0] * 9
        if 'Lattice="' in lines[1]:
            cell = [float(w) for w in lines[1].split('Lattice="')[1].split('"')[0].split()]
        yield [cell[:3], cell[3:6], cell[6:]], [[float(w) for w in line.split()[1:4]] for line in lines[2 : 2 + n]]
        lines = lines[2 + n :]


def doubles(values, unit):
    return struct.pack(f"{len(values)}d", *[v / unit for v in values])


def posdata(cell, positions):
    columns = [cell[j][i] for i in range(3) for j in range(3)]  # lattice vectors are columns
    unread = [0.0] * 9  # the inverse, which no client needs
    return (b"POSDATA     " + doubles(columns, bohr) + doubles(unread, 1.0) + struct.pack("i", len(positions))
            + doubles(sum(positions, []), bohr))


class Client:
    def __init__(self, connection):
        self.connection = connection

    def say(self, word):
        self.connection.sendall(word.ljust(12).encode())

    def read(self, n):
        data = b""
        while len(data) < n:
            part = self.connection.recv(n - len(data))
            if not part:
                sys.exit(f"the client has left after {len(data)} of {n} bytes")
            data += part
        return data

    def numbers(self, code, n):
        return list(struct.unpack(f"{n}{code}", self.read(n * struct.calcsize(code))))

    def hear(self, *words):
        word = self.read(12).decode().rstrip()
        assert word in words, f"'{word}', not one of {words}"

    def status(self, *words):
        self.say("STATUS")
        self.hear(*words)

    def answer(self, cell, positions):
        """What the client says of a structure: eV, Å."""
        self.status("READY")
        message = posdata(cell, positions)
        cut = len(message) // 3  # in parts, as a network may have it
        self.connection.sendall(message[:cut])
        self.connection.sendall(message[cut:])
        self.status("HAVEDATA")
        self.status("HAVEDATA")
        self.say("GETFORCE")
        self.hear("FORCEREADY")
        energy, = self.numbers("d", 1)
        n, = self.numbers("i", 1)
        assert n == len(positions), n
        forces, virial = self.numbers("d", 3 * n), self.numbers("d", 9)
        extra = self.read(self.numbers("i", 1)[0]).decode()
        return {
            "energy": energy * hartree,
            "forces": [f * hartree / bohr for f in forces],
            "virial": [virial[3 * j + i] * hartree for i in range(3) for j in range(3)],
            "extra": json.loads(extra) if extra else {},
        }


def misbehave(client, cell, positions):
    client.status("READY")
    if does == "drop":
        client.connection.sendall(posdata(cell, positions)[:200])
    elif does == "count":
        client.connection.sendall(posdata(cell, positions[1:]))
    elif does == "nan":
        client.connection.sendall(posdata(cell, positions[:1] + [[float("nan"), 0.0, 0.0]] + positions[2:]))
    elif does == "flat":
        client.connection.sendall(posdata([cell[0], cell[0], cell[2]], positions))
    elif does == "together":
        client.connection.sendall(posdata(cell, positions[:1] * len(positions)))
    elif does == "speak":
        client.connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")
    elif does == "wait":
        open("waits", "w").close()
    else:
        assert does == "close", does
    if does not in ("drop", "close"):
        try:
            client.connection.recv(12)  # until the client leaves
        except ConnectionResetError:  # it has not read all
            pass


if place == "tcp":
    server = socket.create_server(("127.0.0.1", 0))
    address = "127.0.0.1:%d" % server.getsockname()[1]
else:
    server = socket.socket(socket.AF_UNIX)
    server.bind(place)
    server.listen(1)
    address = place
with open("address.part", "w") as file:
    file.write(address)
os.rename("address.part", "address")
client = Client(server.accept()[0])
if does == "ask":
    client.say("INIT")
    client.connection.sendall(struct.pack("ii", 0, 4) + b"seed")
    told = [client.answer(*frame) for frame in read_xyz(structures)]
    client.say("EXIT")
    with open(answers, "w") as file:
        json.dump(told, file)
else:
    misbehave(client, *next(read_xyz(structures)))
client.connection.close()
if place != "tcp":
    os.unlink(place)
